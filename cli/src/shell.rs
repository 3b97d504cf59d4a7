//! Commands that are told to be run: as a shell takes them.

/// A word that a shell takes as it is.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=+,@".contains(c);
    let is_plain = |c: char| is_plain(c) || (cfg!(windows) && c == '\\');
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false if cfg!(windows) => format!("\"{text}\""),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// A path that is not taken for a flag.
pub(crate) fn path(path: &str) -> String {
    if path.starts_with('-') { word(&format!("./{path}")) } else { word(path) }
}

/// A flag, and its value.
pub(crate) fn flag(name: &str, value: &str) -> String {
    // What begins so would be taken for another flag; alone it is standard input.
    let is_joined = value.starts_with('-') && value != "-";
    let between = if is_joined { '=' } else { ' ' };
    format!("--{name}{between}{}", word(value))
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::*;

    /// What a shell makes of it.
    fn read(words: &str) -> Vec<String> {
        let script = format!("printf '%s\\0' {words}");
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(output.status.success(), "{words}");
        let printed = String::from_utf8(output.stdout).unwrap();
        printed.split_terminator('\0').map(str::to_owned).collect()
    }

    #[test]
    fn a_shell_reads_what_was_meant() {
        for text in [
            "out/echo-signed.zip.run.json",
            "my echo.zip",
            "it's",
            "$HOME",
            "`id`",
            "a\nb",
            "*",
            "~",
            "\\",
            "",
            "größe.zip",
        ] {
            assert_eq!(read(&word(text)), [text]);
            assert_eq!(read(&flag("name", text)), ["--name", text]);
        }
        assert_eq!(word("out/echo-signed.zip.run.json"), "out/echo-signed.zip.run.json");
        assert_eq!(read(&flag("name", "-a b")), ["--name=-a b"]);
        assert_eq!(read(&flag("client-secret-file", "-")), ["--client-secret-file", "-"]);
        assert_eq!(path("-.run.json"), "./-.run.json");
    }
}
