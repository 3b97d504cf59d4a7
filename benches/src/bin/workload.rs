//! The work whose instructions and memory are counted: `workload WHAT COUNT ORIGIN`.

use std::{env, error::Error, hint::black_box};

use futures_util::{StreamExt as _, TryStreamExt as _};
use hardware_dashboard::model::ProductPage;
use hardware_dashboard_benches::{Bare, PAGE_SIZE, PRODUCT_ID, facade, page, product_id};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [what, count, origin] = arguments.as_slice() else {
        return Err("usage: workload get|bare-get|list|decode COUNT ORIGIN".into());
    };
    let count = count.parse()?;
    match what.as_str() {
        "get" => get(count, origin).await,
        "bare-get" => bare_get(count, origin).await,
        "list" => list(count, origin).await,
        "decode" => decode(count),
        _ => Err(format!("no work is called `{what}`").into()),
    }
}

async fn get(count: usize, origin: &str) -> Result<()> {
    let client = facade(origin);
    for _ in 0..count {
        black_box(client.product(product_id()).get().await?);
    }
    Ok(())
}

async fn bare_get(count: usize, origin: &str) -> Result<()> {
    let client = Bare::connect(origin).await?;
    for _ in 0..count {
        black_box(client.product(PRODUCT_ID).await?);
    }
    Ok(())
}

async fn list(count: usize, origin: &str) -> Result<()> {
    let mut products = facade(origin).products().list().take(count);
    let mut taken = 0;
    while let Some(product) = products.try_next().await? {
        black_box(product);
        taken += 1;
    }
    if taken == count { Ok(()) } else { Err(format!("the list ended after {taken}").into()) }
}

fn decode(count: usize) -> Result<()> {
    let page = page(0);
    for _ in 0..count / PAGE_SIZE {
        black_box(serde_json::from_slice::<ProductPage>(black_box(&page))?);
    }
    Ok(())
}
