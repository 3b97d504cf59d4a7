//! What must be there before a command is tried.

use std::{collections::BTreeMap, fs, io::Write as _, time::Duration};

use hardware_dashboard_emulator::Step;
use serde_json::json;

use crate::{
    hwdash::Workshop,
    scene::{Scene, Submission},
};

/// From the making of a label until people look at it.
const UNTIL_APPROVAL: Duration = Duration::from_secs(5 * 60 + 30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Nothing,
    Product,
    /// A submission that waits for its package.
    Open,
    Uploaded,
    Committed,
    /// A submission with a package that the service will find fault with.
    CommittedFaulty,
    Signed,
    /// A signed submission of a product that takes updates.
    SignedHlk,
    /// A shipping label that was made just now.
    Label,
    /// A shipping label that the service will find fault with.
    FaultyLabel,
    /// A shipping label that people look at.
    Approval,
    Published,
    /// A submission that the partner has by now.
    Shared,
    /// A preproduction package that was submitted just now.
    Package,
    FaultyPackage,
    SignedPackage,
    /// The journal of a run that has committed its submission, and will make a label.
    Run,
    FaultyRun,
    /// The journal of a run whose label the service will refuse.
    RefusedRun,
}

/// What stands for a name in braces.
#[derive(Debug)]
pub(super) struct Things(BTreeMap<&'static str, String>);

impl Things {
    /// The arguments with all names filled in.
    pub(super) fn fill(&self, args: &str) -> Vec<String> {
        let filled = self.0.iter().fold(args.to_owned(), |args, (name, value)| {
            args.replace(&format!("{{{name}}}"), value)
        });
        assert!(!filled.contains('{'), "the stage does not have all of {args}");
        filled.split_whitespace().map(str::to_owned).collect()
    }

    fn add(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.insert(name, value.into());
    }

    fn add_submission(&mut self, of: &Submission) {
        self.add("product", &of.product);
        self.add("submission", &of.submission);
    }
}

impl Stage {
    pub(super) async fn set(self, scene: &Scene) -> Things {
        furnish(&scene.workshop);
        let mut things = Things(BTreeMap::new());
        things.add("partner", scene.emulator.partner().publisher_id().to_string());
        things.add("owner", scene.emulator.account().publisher_id().to_string());
        match self {
            Self::Nothing => {}
            Self::Product => things.add("product", scene.product().await),
            Self::Package | Self::FaultyPackage | Self::SignedPackage => {
                things.add("package", self.package(scene).await);
            }
            Self::Run | Self::FaultyRun | Self::RefusedRun => {
                self.run(scene).await;
                things.add("journal", "kept.run.json");
            }
            _ => {
                let of = self.submission(scene).await;
                self.label(scene, &of, &mut things).await;
                things.add_submission(&of);
            }
        }
        things
    }

    /// An account at which that can be.
    pub(super) async fn scene(self) -> Scene {
        Scene::with(|emulator| match self {
            Self::FaultyLabel => {
                emulator.fail_step(Step::PublishJobValidation, ["The job is bad."], None)
            }
            _ => emulator,
        })
        .await
    }

    async fn submission(self, scene: &Scene) -> Submission {
        match self {
            Self::Open => scene.submission().await,
            Self::Uploaded => uploaded(scene, "echo.cab").await,
            Self::Committed => scene.committed().await,
            Self::CommittedFaulty => committed_faulty(scene).await,
            Self::SignedHlk => hlk(scene).await,
            _ => scene.signed().await,
        }
    }

    async fn label(self, scene: &Scene, of: &Submission, things: &mut Things) {
        let partner = scene.emulator.partner().publisher_id().to_string();
        let targets: &[&str] = match self {
            Self::Label | Self::FaultyLabel | Self::Approval | Self::Published => {
                &["--name", "Retail", "--all"]
            }
            Self::Shared => &["--name", "Shared", "--partner", &partner],
            _ => return,
        };
        let label = scene.json(&of.args(&["label", "create"], targets)).await;
        things.add("label", label["id"].to_string());
        match self {
            Self::Approval => scene.emulator.clock().advance(UNTIL_APPROVAL),
            Self::Published | Self::Shared => scene.pass(),
            _ => {}
        }
    }

    async fn package(self, scene: &Scene) -> String {
        let file = if self == Self::FaultyPackage { "faulty.cab" } else { "echo.cab" };
        let package = scene.json(&["preprod", "submit", file]).await;
        if self == Self::SignedPackage {
            scene.pass();
        }
        package["id"].as_str().unwrap().to_owned()
    }

    async fn run(self, scene: &Scene) {
        let keeping = ["--no-wait", "--state", "kept.run.json"];
        if self == Self::RefusedRun {
            let of = scene.committed().await;
            let to = ["--partner", "7", "--name", "Shared"];
            scene.json(&of.args(&["share"], &[&to[..], &keeping].concat())).await;
            return;
        }
        let package = if self == Self::FaultyRun { "faulty.cab" } else { "echo.cab" };
        let sign = ["sign", package, "--name", "Echo", "--signature", "win11-24h2-x64"];
        let rest = ["--out", "signed.zip", "--publish", "retail.json"];
        scene.json(&[&sign[..], &rest, &keeping].concat()).await;
    }
}

async fn uploaded(scene: &Scene, package: &str) -> Submission {
    let of = scene.submission().await;
    scene.json(&of.args(&["submission", "upload"], &[package])).await;
    of
}

async fn committed_faulty(scene: &Scene) -> Submission {
    let of = uploaded(scene, "faulty.cab").await;
    scene.json(&of.args(&["submission", "commit"], &[])).await;
    of
}

async fn hlk(scene: &Scene) -> Submission {
    let sign = ["sign", "echo.hlkx", "--name", "Echo", "--signature", "win11-24h2-x64"];
    let made = scene.json(&[&sign[..], &["--out", "first.zip", "--no-wait"]].concat()).await;
    scene.pass();
    scene.json(&["resume"]).await;
    Submission {
        product: made["productId"].to_string(),
        submission: made["submissionId"].to_string(),
    }
}

/// The files that commands name: packages with and without a driver, and a label.
fn furnish(workshop: &Workshop) {
    workshop.write_hlk_package();
    let mut cabinet = cab::CabinetBuilder::new();
    cabinet.add_folder(cab::CompressionType::MsZip).add_file("echo\\readme.txt");
    let file = fs::File::create(workshop.path("faulty.cab")).unwrap();
    let mut writer = cabinet.build(file).unwrap();
    writer.next_file().unwrap().unwrap().write_all(b"no driver").unwrap();
    writer.finish().unwrap();
    fs::write(workshop.path("faulty.hlkx"), "no package").unwrap();
    let retail = json!({ "name": "Retail", "destination": "windowsUpdate" });
    fs::write(workshop.path("retail.json"), retail.to_string()).unwrap();
}
