//! Ctrl-C while the program reads what nobody ends.

use std::{fs, io::Write as _, process::Stdio};

use crate::{
    child::{signal, until_ended},
    hwdash::{Workshop, shown},
};

/// More than a pipe holds: it is written only when somebody reads.
const MORE_THAN_A_PIPE: usize = 1 << 20;

const CONFIGURATION: &str = r#"
[profiles.default]
tenant-id = "contoso"
client-id = "app"
credential = { client-secret = "stdin" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn standard_input_that_stays_open_is_left() {
    let workshop = Workshop::new();
    fs::write(workshop.path("config.toml"), CONFIGURATION).unwrap();
    let account = ["--tenant-id", "contoso", "--client-id", "app"];
    let by_flag = [&["product", "list", "--client-secret-file", "-"][..], &account].concat();
    for args in [&["product", "create", "--from", "-"][..], &by_flag, &["product", "list"]] {
        for how in ["-INT", "-TERM"] {
            let mut command = workshop.hwdash(args);
            command.env("HWDASH_CONFIG", workshop.path("config.toml"));
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            let mut stdin = child.stdin.take().unwrap();
            let stdin = tokio::task::spawn_blocking(move || {
                stdin.write_all(&vec![b' '; MORE_THAN_A_PIPE]).unwrap();
                stdin
            });
            let stdin = stdin.await.unwrap();
            signal(&child, how);
            let output = until_ended(child).await;
            assert_eq!(output.status.code(), Some(130), "{args:?} {how}: {}", shown(&output));
            drop(stdin);
        }
    }
}
