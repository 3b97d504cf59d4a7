//! `hwdash partner`, and what comes before it.

use crate::{
    hwdash::{assert_shown, at, run},
    scene::Scene,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_finds_what_was_shared() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    let partner = scene.emulator.partner();
    let publisher = partner.publisher_id().to_string();
    let share = of.args(&["label", "create"], &["--name", "Shared", "--partner", &publisher]);
    assert_shown!("label_create_for_a_partner", scene.hwdash(share).await);
    scene.pass();
    let ours = scene.emulator.account().publisher_id().to_string();
    let lookup = ["partner", "lookup", &ours, &of.product, &of.submission];
    let mut command = scene.workshop.hwdash(lookup);
    at(&mut command, &scene.emulator)
        .env("AZURE_TENANT_ID", partner.tenant_id())
        .env("AZURE_CLIENT_ID", partner.client_id())
        .env("AZURE_CLIENT_SECRET", partner.client_secret());
    assert_shown!("partner_lookup", run(&mut command).await);
    // Nobody has shared it with its owner.
    assert_shown!("partner_lookup_of_nothing", scene.hwdash(lookup).await);
}
