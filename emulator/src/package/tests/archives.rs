//! Opening the formats.

use std::{
    fs::{self, File},
    io::{Read, Write},
};

use cab::{CabinetBuilder, CompressionType};

use super::{INF, Workshop, inspected, refused};
use crate::package::{Entry, Kind, PackageError, archive::Archive};

#[test]
fn a_cabinet_tells_its_files() {
    let workshop = Workshop::new();
    let cab =
        workshop.cab(&[(r"device\device.inf", INF.as_bytes()), (r"device\device.sys", b"code")]);
    let package = inspected(&cab);
    assert_eq!(package.kind(), Kind::Cab);
    assert!(!package.is_zip64());
    let entry = |path: &str, size| Entry { path: path.to_owned(), size };
    assert_eq!(
        package.entries(),
        [entry("device/device.inf", INF.len() as u64), entry("device/device.sys", 4)]
    );
    let [driver] = package.drivers() else { panic!("{:?}", package.drivers()) };
    assert_eq!(driver.path, "device");
    assert_eq!(driver.infs[0].name, "device.inf");
    assert_eq!(driver.infs[0].inf.provider.as_deref(), Some("Example"));
}

#[test]
fn an_hlk_package_tells_its_drivers() {
    let workshop = Workshop::new();
    let hlkx = workshop.zip(&[
        ("hck/data/PackageInfo.xml", b"<Package/>"),
        ("hck/drivers/a/device.inf", INF.as_bytes()),
        ("hck/drivers/a/device.sys", b"code"),
    ]);
    let package = inspected(&hlkx);
    assert_eq!(package.kind(), Kind::Hlkx);
    assert_eq!(package.drivers()[0].path, "hck/drivers/a");
}

#[test]
fn what_is_no_package_is_refused_with_the_reason() {
    let workshop = Workshop::new();
    let path = workshop.path("package.cab");
    fs::write(&path, "").unwrap();
    assert!(matches!(refused(&path), PackageError::Empty));
    fs::write(&path, "just text").unwrap();
    assert!(matches!(refused(&path), PackageError::UnknownFormat));
    fs::write(&path, b"PK\x03\x04 and nothing else").unwrap();
    assert!(matches!(refused(&path), PackageError::Corrupt(_)));
    fs::write(&path, b"MSCF").unwrap();
    assert!(matches!(refused(&path), PackageError::Corrupt(_)));
    let empty = workshop.zip(&[]);
    assert!(matches!(refused(&empty), PackageError::Empty));
    let missing = workshop.path("missing");
    assert!(matches!(refused(&missing), PackageError::Io(_)));
}

#[test]
fn a_cabinet_is_refused_wherever_it_is_cut_off() {
    let workshop = Workshop::new();
    let noise: Vec<u8> =
        (0..100_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let cab =
        workshop.cab(&[(r"device\device.sys", &noise), (r"device\device.inf", INF.as_bytes())]);
    let whole = fs::read(&cab).unwrap();
    for length in (4..whole.len()).step_by(1_000) {
        fs::write(&cab, &whole[..length]).unwrap();
        assert!(matches!(refused(&cab), PackageError::Corrupt(_)), "{length}");
    }
}

#[test]
fn a_cabinet_whose_list_says_more_than_its_data_is_refused() {
    let workshop = Workshop::new();
    let cab = workshop.cab(&[(r"device\device.inf", INF.as_bytes())]);
    let mut bytes = fs::read(&cab).unwrap();
    let first_file = u32::from_le_bytes(bytes[16..20].try_into().unwrap()) as usize;
    bytes[first_file + 2] = 1; // 64 KiB more
    fs::write(&cab, &bytes).unwrap();
    let error = refused(&cab);
    assert!(error.to_string().contains("does not hold all of it"), "{error}");
}

#[test]
fn every_file_of_every_folder_is_found() {
    let workshop = Workshop::new();
    let path = workshop.path("folders.cab");
    let content = |folder: usize, file: usize| vec![(folder * 16 + file) as u8; 20_000 * file + 1];
    let mut builder = CabinetBuilder::new();
    let kinds = [CompressionType::None, CompressionType::MsZip, CompressionType::MsZip];
    for (folder, kind) in kinds.into_iter().enumerate() {
        let files = builder.add_folder(kind);
        for file in 0..4 {
            files.add_file(format!("{folder}\\{file}.inf"));
        }
    }
    let mut writer = builder.build(File::create(&path).unwrap()).unwrap();
    for (folder, file) in (0..3).flat_map(|folder| (0..4).map(move |file| (folder, file))) {
        writer.next_file().unwrap().unwrap().write_all(&content(folder, file)).unwrap();
    }
    writer.finish().unwrap();

    let mut seen = Vec::new();
    let mut archive = Archive::open(&path).unwrap();
    archive
        .visit(&mut |entry, data| {
            let mut bytes = Vec::new();
            // Whoever leaves a file half read must not disturb the next one.
            let limit = if entry.path.ends_with("2.inf") { 10 } else { u64::MAX };
            data.take(limit).read_to_end(&mut bytes)?;
            seen.push((entry.path.clone(), bytes));
            Ok(())
        })
        .unwrap();
    assert_eq!(seen.len(), 12);
    for (path, bytes) in seen {
        let (folder, file) = path.strip_suffix(".inf").unwrap().split_once('/').unwrap();
        let whole = content(folder.parse().unwrap(), file.parse().unwrap());
        let expected = if file == "2" { &whole[..10] } else { &whole };
        assert!(bytes == expected, "{path}");
    }
}
