//! How long calls take over loopback. Read the ratios: the times are those of the machine.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_util::TryStreamExt as _;
use hardware_dashboard::model::ProductPage;
use hardware_dashboard_benches::{
    Bare, PAGE_SIZE, PRODUCT_ID, PRODUCTS, facade, page, product_id, server,
};
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be built")
}

fn origin() -> String {
    server::start().expect("loopback has a free port")
}

/// One product, read by a client that is connected and has its token.
fn get(criterion: &mut Criterion) {
    let (runtime, origin) = (runtime(), origin());
    let client = facade(&origin);
    let bare = runtime.block_on(Bare::connect(&origin)).expect("the server answers");
    let mut group = criterion.benchmark_group("get");
    group.bench_function("facade", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| async { client.product(product_id()).get().await.unwrap() });
    });
    group.bench_function("bare", |bencher| {
        bencher.to_async(&runtime).iter(|| async { bare.product(PRODUCT_ID).await.unwrap() });
    });
}

/// All products of the account, page by page.
fn list(criterion: &mut Criterion) {
    let (runtime, client) = (runtime(), facade(&origin()));
    let bytes = page(0);
    let mut group = criterion.benchmark_group("list");
    group.sample_size(10).throughput(Throughput::Elements(PRODUCTS as u64));
    group.bench_function("facade", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            let products = client.products().list();
            let count = products.try_fold(0, async |count, _| Ok(count + 1)).await;
            assert_eq!(count.unwrap(), PRODUCTS);
        });
    });
    group.bench_function("decode", |bencher| {
        bencher.iter(|| {
            for _ in 0..PRODUCTS / PAGE_SIZE {
                let page = serde_json::from_slice::<ProductPage>(black_box(&bytes));
                black_box(page.unwrap());
            }
        });
    });
}

/// From nothing to the first answer: the client is set up, gets a token, and reads a product.
fn cold_start(criterion: &mut Criterion) {
    let (runtime, origin) = (runtime(), origin());
    let mut group = criterion.benchmark_group("cold start");
    group.sample_size(20);
    group.bench_function("facade", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| async { facade(&origin).product(product_id()).get().await.unwrap() });
    });
    group.bench_function("bare", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            let bare = Bare::connect(&origin).await.unwrap();
            bare.product(PRODUCT_ID).await.unwrap()
        });
    });
}

criterion_group!(benches, get, list, cold_start);
criterion_main!(benches);
