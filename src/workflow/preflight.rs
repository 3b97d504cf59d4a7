//! What can be seen to be wrong before anything is sent: products cannot be deleted.

use std::{
    ffi::OsStr,
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
};

use super::{
    claim::is_one_file,
    order::{Order, Target},
};
use crate::{
    error::{Error, Result},
    model::{OsCode, TestHarness},
};

pub(super) fn check(order: &Order) -> Result<()> {
    let harness = order.product.as_ref().map(|product| &product.test_harness);
    if let Some(product) = &order.product {
        product.check()?;
        check_signatures(product.requested_signatures.as_deref().unwrap_or_default())?;
    }
    if let Some(submission) = &order.submission {
        check_submission_name(&submission.name)?;
    }
    if let Some(shipment) = &order.shipment {
        shipment.check()?;
    }
    if let Some(package) = &order.package {
        check_names(order, package)?;
        // What is made from a shell need not be there yet.
        if order.shell.is_none() || package.exists() {
            check_package(package, harness)?;
        }
    }
    order.target.as_ref().map_or(Ok(()), check_target)
}

/// A target under the name of the package would replace it, and a shell be uploaded as it is.
fn check_names(order: &Order, package: &Path) -> Result<()> {
    let target = order.target.as_ref().map(|target| target.path.as_path());
    if let Some(target) = target.filter(|target| is_one_file(target, package)) {
        let name = target.display();
        return Err(Error::input(format!("the target {name} is the package itself"))
            .with_hint("Name another file for the signed package, which would replace it."));
    }
    let Some(shell) = &order.shell else { return Ok(()) };
    let path = &shell.path;
    if is_one_file(path, package) || target.is_some_and(|target| is_one_file(path, target)) {
        let name = path.display();
        return Err(Error::input(format!("the shell {name} has the name of another file"))
            .with_hint("Name three files: the shell, the package, and the signed package."));
    }
    check_target(shell)
}

/// A journal is written under its name at once, and again and again.
pub(super) fn check_journal(order: &Order, journal: Option<&Path>) -> Result<()> {
    let targets = [&order.target, &order.shell].into_iter().flatten();
    let mut files = targets.map(|target| target.path.as_path()).chain(order.package.as_deref());
    if let Some(journal) = journal.filter(|journal| files.any(|file| is_one_file(file, journal))) {
        let name = journal.display();
        return Err(Error::input(format!("the journal {name} has the name of a file of the run"))
            .with_hint("Name another file for it; it would replace that of the run."));
    }
    Ok(())
}

fn check_submission_name(name: &str) -> Result<()> {
    if name.trim().is_empty() {
        return Err(Error::input("the name of the submission is empty")
            .with_hint("Give it a name by which you find it on the dashboard."));
    }
    Ok(())
}

fn check_signatures(codes: &[OsCode]) -> Result<()> {
    if codes.is_empty() {
        return Err(Error::input("no signature was asked for")
            .with_hint("Name at least one OS code, such as WINDOWS_v100_X64_GE_FULL."));
    }
    // The list of codes is open, so an unknown one is no error.
    for code in codes.iter().filter(|code| !code.is_known()) {
        let closest = code.closest();
        let closest = closest.as_ref().map(OsCode::as_str);
        tracing::warn!(%code, closest, "this version does not know the OS code");
    }
    Ok(())
}

pub(super) fn check_package(package: &Path, harness: Option<&TestHarness>) -> Result<()> {
    let name = package.display();
    let cannot_read = |error: std::io::Error| {
        let why = match error.kind() {
            ErrorKind::NotFound => "is not there",
            ErrorKind::PermissionDenied => "may not be read",
            _ => "cannot be read",
        };
        Error::file(format!("the package {name} {why}"), error)
            .with_hint("Check the path and its permissions; nothing was sent.")
    };
    let metadata = std::fs::metadata(package).map_err(cannot_read)?;
    if metadata.is_dir() {
        return Err(Error::input(format!("the package {name} is a folder"))
            .with_hint("Make a signed cabinet of it and give that."));
    }
    // To open a pipe would be to wait for somebody who writes to it.
    if !metadata.is_file() {
        return Err(Error::input(format!("the package {name} is a pipe or a device"))
            .with_hint("It is read more than once: save it to a file and give that."));
    }
    let mut start = Vec::new();
    let file = File::open(package).map_err(cannot_read)?;
    file.take(4).read_to_end(&mut start).map_err(cannot_read)?;
    if start.is_empty() {
        return Err(Error::input(format!("the package {name} is empty"))
            .with_hint("Build the package again; nothing was sent."));
    }
    harness.map_or(Ok(()), |harness| check_kind(package, harness, &start))
}

/// What the harness wants: the ending of the file's name, its first bytes, and how it is called.
fn wanted(harness: &TestHarness) -> Option<(&'static str, &'static [u8], &'static str)> {
    match harness {
        TestHarness::Attestation => Some(("cab", b"MSCF", "a cabinet")),
        TestHarness::Hlk => Some(("hlkx", b"PK\x03\x04", "an HLK package")),
        TestHarness::Hck => Some(("hckx", b"PK\x03\x04", "an HCK package")),
        _ => None,
    }
}

fn check_kind(package: &Path, harness: &TestHarness, start: &[u8]) -> Result<()> {
    let Some((ending, magic, kind)) = wanted(harness) else { return Ok(()) };
    let name = package.display();
    let hint = format!("A product tested by `{harness}` needs {kind}, a file *.{ending}.");
    if !package.extension().is_some_and(|found: &OsStr| found.eq_ignore_ascii_case(ending)) {
        return Err(Error::input(format!("{name} is not named *.{ending}")).with_hint(hint));
    }
    if start != magic {
        return Err(Error::input(format!("{name} is not {kind}")).with_hint(hint));
    }
    Ok(())
}

/// Better now than after hours: is there a place for the signed file?
fn check_target(target: &Target) -> Result<()> {
    let (overwrite, target) = (target.overwrite, &target.path);
    let name = target.display();
    if target.is_dir() || target.file_name().is_none() {
        return Err(
            Error::input(format!("the target {name} is a folder")).with_hint("Name a file in it.")
        );
    }
    if !overwrite && target.exists() {
        return Err(Error::input(format!("the target {name} is there already"))
            .with_hint("Move it away, or allow it to be replaced (overwrite)."));
    }
    let folder = target.parent().filter(|folder| *folder != Path::new(""));
    tempfile::tempfile_in(folder.unwrap_or(Path::new("."))).map(drop).map_err(|error| {
        Error::file(format!("the folder of the target {name} cannot be written to"), error)
            .with_hint("Make the folder, or name a file in another one; nothing was sent.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::NewProduct, workflow::Sign};

    fn order(folder: &Path, package: &str, content: &[u8], product: NewProduct) -> Order {
        let package = folder.join(package);
        std::fs::write(&package, content).unwrap();
        Sign::new(product, package, folder.join("signed.zip")).into_order()
    }

    fn to(target: &Path, order: &Order) -> Order {
        Order { target: Some(Target::new(target)), ..order.clone() }
    }

    fn replacing(target: &Path, order: &Order) -> Order {
        Order { target: Some(Target { overwrite: true, ..Target::new(target) }), ..order.clone() }
    }

    fn shell(shell: &Path, order: &Order) -> Order {
        Order { shell: Some(Target::new(shell)), ..order.clone() }
    }

    fn of(package: &Path, order: &Order) -> Order {
        Order { package: Some(package.to_owned()), ..order.clone() }
    }

    fn attestation(code: &str) -> NewProduct {
        NewProduct::attestation("Echo", vec![code.into()])
    }

    #[test]
    fn what_cannot_work_is_refused_with_a_reason() {
        const CLIENT: &str = "WINDOWS_v100_X64_GE_FULL";
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        assert!(check(&order(at, "a.cab", b"MSCF...", attestation(CLIENT))).is_ok());
        let server = attestation("WINDOWS_v100_SERVER_X64_GE_FULL");
        let nameless = NewProduct::attestation(" ", vec![CLIENT.into()]);
        let none = NewProduct::attestation("Echo", vec![]);
        let hlk = NewProduct::hlk("Echo", vec![CLIENT.into()]);
        let taken = order(at, "taken.cab", b"MSCF", attestation(CLIENT));
        let missing = of(&at.join("missing.cab"), &taken);
        let folder_given = of(at, &taken);
        let other_way = at.join("..").join(at.file_name().unwrap()).join("taken.cab");
        let unmade = at.join("unmade.hlkx");
        let to_be_made = of(&unmade, &shell(&at.join("shell.hlkx"), &taken));
        let no_folder = to(&at.join("no/where.zip"), &taken);
        for (order, word) in [
            (missing, "missing.cab is not there"),
            (folder_given, "is a folder"),
            (order(at, "empty.cab", b"", attestation(CLIENT)), "is empty"),
            (order(at, "b.cab", b"PK\x03\x04", attestation(CLIENT)), "is not a cabinet"),
            (order(at, "c.zip", b"MSCF", attestation(CLIENT)), "is not named *.cab"),
            (order(at, "d.hlkx", b"MSCF", hlk), "is not an HLK package"),
            (order(at, "e.cab", b"MSCF", server), "not for servers"),
            (order(at, "f.cab", b"MSCF", nameless), "name of the product is empty"),
            (order(at, "g.cab", b"MSCF", none), "no signature"),
            (no_folder, "cannot be written to"),
            (to(at, &taken), "is a folder"),
            (to(&at.join("a.cab"), &taken), "is there already"),
            (to(taken.package(), &taken), "is the package itself"),
            (replacing(&other_way, &taken), "is the package itself"),
            (replacing(&unmade, &to_be_made), "is the package itself"),
            (shell(taken.package(), &taken), "has the name of another file"),
            (shell(&at.join("signed.zip"), &taken), "has the name of another file"),
            (shell(&at.join("no/shell.hlkx"), &taken), "cannot be written to"),
        ] {
            let error = check(&order).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
        }
    }
}
