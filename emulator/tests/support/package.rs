//! Driver packages, made on the spot.

use std::io::{Cursor, Write};

use cab::{CabinetBuilder, CompressionType};
use zip::{ZipWriter, write::SimpleFileOptions};

/// A cabinet in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cab(Vec<(String, Vec<u8>)>);

impl Cab {
    /// Adds a file; its path has backslashes, as in a cabinet.
    pub(crate) fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.0.push((path.to_owned(), content.into()));
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut builder = CabinetBuilder::new();
        let folder = builder.add_folder(CompressionType::MsZip);
        for (path, _) in &self.0 {
            folder.add_file(path.as_str());
        }
        let mut writer = builder.build(Cursor::new(Vec::new())).expect("a cabinet");
        for (_, content) in &self.0 {
            let mut file = writer.next_file().expect("no error").expect("a file");
            file.write_all(content).expect("memory is there");
        }
        writer.finish().expect("a whole cabinet").into_inner()
    }
}

/// The INF of a little driver for one device.
pub(crate) fn inf(class: &str) -> String {
    let class = match class {
        "Extension" => "Extension\nClassGuid = {e2f84ce7-8efa-411c-aa69-97454ca4cb57}\n\
             ExtensionId = {6b3b8c3c-0a52-4a63-8c31-90b8a6ff4d7a}"
            .to_owned(),
        class => format!("{class}\nClassGuid = {{78A1C341-4539-11d3-B88D-00C04FAD5171}}"),
    };
    format!(
        "\
[Version]
Signature = \"$Windows NT$\"
Class = {class}
Provider = %Contoso%
DriverVer = 03/14/2026,1.2.3.4
CatalogFile = Echo.cat
PnpLockdown = 1

[Manufacturer]
%Contoso% = Models,NTamd64.10.0...16299,NTarm64.10.0...16299

[Models.NTamd64.10.0...16299]
%Device% = Echo_Install, ROOT\\ContosoEcho
%Device% = Echo_Install, USB\\VID_1209&PID_0002

[Models.NTarm64.10.0...16299]
%Device% = Echo_Install, ROOT\\ContosoEcho

[Echo_Install]
CopyFiles = Echo_Files

[Echo_Files]
echo.sys

[DestinationDirs]
Echo_Files = 13

[SourceDisksNames]
1 = %Disk%

[SourceDisksFiles]
echo.sys = 1

[Echo_Install.Services]
AddService = ContosoEcho, 2, Echo_Service

[Echo_Service]
ServiceType = 1
StartType = 3
ErrorControl = 1
ServiceBinary = %13%\\echo.sys

[Strings]
Contoso = \"Contoso\"
Device = \"Contoso Echo\"
Disk = \"Contoso Echo Disk\"
"
    )
}

/// A cabinet with one driver, as attestation takes it.
pub(crate) fn echo_cab() -> Cab {
    Cab::default()
        .file("echo\\echo.inf", inf("Sample"))
        .file("echo\\echo.sys", b"not a driver".repeat(1000))
        .file("echo\\echo.pdb", "not symbols")
}

/// A cabinet with an extension INF.
pub(crate) fn extension_cab() -> Cab {
    Cab::default().file("echo\\echo.inf", inf("Extension")).file("echo\\echo.sys", "not a driver")
}

/// An HLK package with one driver.
pub(crate) fn hlkx() -> Vec<u8> {
    hlkx_with(SimpleFileOptions::default())
}

/// The same as a zip64 archive, as if its files were larger than 4 GiB.
pub(crate) fn zip64_hlkx() -> Vec<u8> {
    hlkx_with(SimpleFileOptions::default().large_file(true))
}

fn hlkx_with(options: SimpleFileOptions) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut file = |path: &str, content: &[u8]| {
        zip.start_file(path, options).expect("a file");
        zip.write_all(content).expect("memory is there");
    };
    let folder = "hck/drivers/0c9e1d5a-94d5-4a1f-8f0e-2b7c8b5c6a01";
    file(&format!("{folder}/echo.inf"), inf("Sample").as_bytes());
    file(&format!("{folder}/echo.sys"), b"not a driver");
    zip.finish().expect("a whole package").into_inner()
}
