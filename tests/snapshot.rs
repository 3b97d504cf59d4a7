//! Where the snapshots lie.

/// The folder of this name below `tests/snapshots`.
pub(crate) fn folder(name: &str) -> String {
    format!("{}/tests/snapshots/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Files of that folder, called by the names of the snapshots alone.
pub(crate) fn settings(name: &str) -> insta::Settings {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(folder(name));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
