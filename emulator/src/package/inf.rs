//! What an INF says about its driver: its version, and the devices it is for.

mod syntax;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use self::syntax::{Document, Line};
use super::os::{Architecture, Os, TargetOs};

/// An INF, as far as the service looks at it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inf {
    pub(crate) class: Option<String>,
    pub(crate) class_guid: Option<String>,
    pub(crate) provider: Option<String>,
    /// `YYYY-MM-DD`.
    pub(crate) driver_date: Option<String>,
    pub(crate) driver_version: Option<String>,
    pub(crate) extension_id: Option<String>,
    pub(crate) catalog_file: Option<String>,
    /// English names of the languages that the INF has strings for.
    pub(crate) locales: Vec<String>,
    manufacturers: Vec<Manufacturer>,
    problems: Vec<String>,
}

/// A manufacturer with its Models sections.
#[derive(Clone, Debug)]
struct Manufacturer {
    name: String,
    models: Vec<Models>,
}

/// A Models section: the devices for the versions of Windows that its decoration names.
#[derive(Clone, Debug)]
struct Models {
    target: TargetOs,
    devices: Vec<Device>,
}

/// A line of a Models section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) description: String,
    /// The hardware id, then the compatible ids.
    pub(crate) pnp_ids: Vec<String>,
    pub(crate) feature_score: Option<String>,
}

impl Inf {
    /// Reads the text of an INF: UTF-16 with a byte order mark, or UTF-8.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let document = Document::parse(&syntax::decode(bytes));
        let mut inf = Self { locales: document.locales(), ..Self::default() };
        inf.read_version(&document);
        inf.read_manufacturers(&document);
        let undefined = document.undefined_strings().into_iter();
        inf.problems
            .extend(undefined.map(|name| format!("The string %{name}% is used but not defined.")));
        inf
    }

    /// What is wrong with the INF, in sentences.
    pub(crate) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The architectures that the INF has devices for.
    pub(crate) fn architectures(&self) -> BTreeSet<Architecture> {
        let models = self.manufacturers.iter().flat_map(|manufacturer| &manufacturer.models);
        models.map(|models| models.target.architecture).collect()
    }

    /// The devices that the INF installs on `os`, with their manufacturers' names.
    pub(super) fn devices_on(&self, os: &Os) -> impl Iterator<Item = (&str, &Device)> {
        self.manufacturers.iter().flat_map(|manufacturer| {
            let models = manufacturer.models.iter().filter(|models| models.target.includes(os));
            let chosen = models.max_by_key(|models| models.target.precedence());
            let devices = chosen.into_iter().flat_map(|models| &models.devices);
            devices.map(|device| (manufacturer.name.as_str(), device))
        })
    }

    fn read_version(&mut self, document: &Document) {
        let mut entry = |name: &str, required: bool| {
            let found = document.value("Version", name).filter(|value| !value.is_empty());
            if found.is_none() && required {
                self.problems.push(format!("The [Version] section has no {name} entry."));
            }
            found
        };
        let class = entry("Class", true);
        let class_guid = entry("ClassGuid", true);
        let provider = entry("Provider", true);
        let driver_ver = entry("DriverVer", true);
        let catalog_file = entry("CatalogFile", false);
        let extension_id = entry("ExtensionId", false);
        let is_extension = class.as_deref().is_some_and(|c| c.eq_ignore_ascii_case("Extension"));
        if is_extension && extension_id.is_none() {
            self.problems.push("An extension INF must have an ExtensionId entry.".to_owned());
        }
        if let Some(driver_ver) = driver_ver {
            self.read_driver_ver(document, &driver_ver);
        }
        self.catalog_file = catalog_file.or_else(|| decorated_catalog(document));
        if self.catalog_file.is_none() {
            self.problems.push("The [Version] section has no CatalogFile entry.".to_owned());
        }
        (self.class, self.class_guid, self.provider) = (class, class_guid, provider);
        self.extension_id = extension_id;
    }

    /// `DriverVer = mm/dd/yyyy,w.x.y.z`
    fn read_driver_ver(&mut self, document: &Document, date: &str) {
        let date = chrono::NaiveDate::parse_from_str(date, "%m/%d/%Y");
        let version = document.values("Version", "DriverVer").into_iter().nth(1);
        match date {
            Ok(date) => self.driver_date = Some(date.format("%Y-%m-%d").to_string()),
            Err(_) => {
                self.problems.push("DriverVer has no date of the form mm/dd/yyyy.".to_owned())
            }
        }
        match version.filter(|version| is_version(version)) {
            Some(version) => self.driver_version = Some(version),
            None => self.problems.push("DriverVer has no version of the form w.x.y.z.".to_owned()),
        }
    }

    fn read_manufacturers(&mut self, document: &Document) {
        for line in document.section("Manufacturer") {
            let values = document.expand_all(&line.values);
            let Some((section, decorations)) = values.split_first() else { continue };
            let name = line.key.as_deref().unwrap_or(section);
            let mut manufacturer = Manufacturer { name: document.expand(name), models: Vec::new() };
            if decorations.is_empty() {
                self.add_models(document, &mut manufacturer, section, TargetOs::UNDECORATED);
            }
            for decoration in decorations {
                match TargetOs::parse(decoration) {
                    Some(target) => {
                        let section = format!("{section}.{decoration}");
                        self.add_models(document, &mut manufacturer, &section, target);
                    }
                    None => self.problems.push(format!(
                        "The decoration {decoration} of the [Manufacturer] section is not valid."
                    )),
                }
            }
            self.manufacturers.push(manufacturer);
        }
    }

    fn add_models(
        &mut self,
        document: &Document,
        manufacturer: &mut Manufacturer,
        section: &str,
        target: TargetOs,
    ) {
        if !document.has_section(section) {
            self.problems.push(format!("The Models section [{section}] does not exist."));
            return;
        }
        let lines = document.section(section);
        let devices = lines.filter_map(|line| Device::read(document, line, &target)).collect();
        manufacturer.models.push(Models { target, devices });
    }
}

impl Device {
    /// `description = install section, hardware id, compatible id…`
    fn read(document: &Document, line: &Line, target: &TargetOs) -> Option<Self> {
        let description = document.expand(line.key.as_deref()?);
        let values = document.expand_all(&line.values);
        let (install, ids) = values.split_first()?;
        let pnp_ids = ids.iter().filter(|id| !id.is_empty()).cloned().collect();
        let feature_score = feature_score(document, install, target.architecture);
        Some(Self { description, pnp_ids, feature_score })
    }
}

/// The FeatureScore of the install section that Windows picks for an architecture.
fn feature_score(document: &Document, install: &str, architecture: Architecture) -> Option<String> {
    let suffix = match architecture {
        Architecture::X86 => ".NTx86",
        Architecture::X64 => ".NTamd64",
        Architecture::Ia64 => ".NTia64",
        Architecture::Arm => ".NTarm",
        Architecture::Arm64 => ".NTarm64",
    };
    let section = [suffix, ".NT", ""]
        .map(|suffix| format!("{install}{suffix}"))
        .into_iter()
        .find(|section| document.has_section(section))?;
    document.value(&section, "FeatureScore")
}

/// `CatalogFile.NTamd64` and its like stand in for a `CatalogFile`.
fn decorated_catalog(document: &Document) -> Option<String> {
    let decorated = |line: &&Line| {
        let key = line.key.as_deref().unwrap_or_default().to_ascii_lowercase();
        key.starts_with("catalogfile.")
    };
    document.section("Version").find(decorated).and_then(|line| line.values.first().cloned())
}

fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() <= 4 && parts.iter().all(|part| part.parse::<u16>().is_ok())
}
