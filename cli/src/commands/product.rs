//! `hwdash product`

use hardware_dashboard::model::{NewProduct, TestHarness, UpdateProduct};

use crate::{
    App, Ending, UnderWay,
    args::product::{Create, Get, List, Product, Update},
    failure::{Exit, Failure},
    input::{self, Request},
    listing, output,
    receipt::Receipt,
    show,
};

pub(crate) async fn run(app: &App, command: Product) -> Ending {
    match command {
        Product::List(args) => list(app, args).await,
        Product::Get(args) => get(app, args).await,
        Product::Create(args) => create(app, *args).await,
        Product::Update(args) => update(app, args).await,
    }
}

async fn list(app: &App, args: List) -> Ending {
    let connected = args.connection.connect_to_list(app).await?;
    listing::show(app, connected.client.products().list(), &args.listing).await
}

async fn get(app: &App, args: Get) -> Ending {
    let connected = args.connection.connect(app).await?;
    let product = connected.client.product(args.of.product).get().await?;
    app.console.result(&product, || show::product(&product))?;
    Ok(Exit::Done)
}

async fn create(app: &App, args: Create) -> Ending {
    let product = new_product(app, &args).await?;
    let signatures = product.requested_signatures.as_deref().unwrap_or_default();
    input::warn_of_unknown_codes(&app.console, signatures);
    let connected = args.connection.connect(app).await?;
    app.set_under_way(Some(UnderWay::Making { look: app.command("product list") }));
    let made = connected.client.products().create(&product).await?;
    app.set_under_way(None);
    app.console.result(&made, || show::product(&made))?;
    let id = made.id_or_link().map_or_else(String::new, |id| id.to_string());
    output::summarise(&format!("product {id} was made"));
    Ok(Exit::Done)
}

/// What the file says, with what the flags say over it.
async fn new_product(app: &App, args: &Create) -> Result<NewProduct, Failure> {
    let kinds = &["createProduct", "product"];
    let mut request =
        Request::<NewProduct>::read(&app.console, args.from.as_deref(), kinds).await?;
    request.set("productName", args.name.as_ref());
    request.set("testHarness", args.harness.as_ref());
    request.set_all("requestedSignatures", &args.signatures);
    request.set_all("marketingNames", &args.marketing_names);
    request.set("announcementDate", args.announcement_date.as_ref());
    // Seen in requests that were accepted: empty, not left out.
    request.set_default("selectedProductTypes", serde_json::json!({}));
    request.needs("productName", "--name")?;
    request.needs("testHarness", "--harness")?;
    let mut product: NewProduct = request.into_typed()?;
    product.requested_signatures.iter_mut().flatten().for_each(input::settle_code);
    match &product.test_harness {
        TestHarness::Other(harness) => Err(Failure::input(
            format!("{harness} is not a test harness"),
            "Give attestation, hlk or hck.",
        )),
        _ => Ok(product),
    }
}

async fn update(app: &App, args: Update) -> Ending {
    let kinds = &["updateProduct", "product"];
    let mut request =
        Request::<UpdateProduct>::read(&app.console, args.changes.from.as_deref(), kinds).await?;
    request.set("productName", args.name.as_ref());
    request.set_all("marketingNames", &args.marketing_names);
    request.set("announcementDate", args.announcement_date.as_ref());
    let changes = request.into_typed()?;
    if changes == UpdateProduct::default() {
        return Err(Failure::input(
            "there is nothing to change",
            "Give --name, --marketing-name or --announcement-date, or a file that holds one.",
        ));
    }
    let connected = args.connection.connect(app).await?;
    connected.client.product(args.of.product).update(&changes).await?;
    let receipt = Receipt::product("updateProduct", args.of.product);
    app.console.done(&receipt, &format!("product {} was changed", args.of.product))?;
    Ok(Exit::Done)
}
