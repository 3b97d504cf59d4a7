//! Which proxy is on the way, by the variables that name one.

use hardware_dashboard::reqwest::Url;

use super::check::Check;

const PROXY: &str = "proxy";

/// Each in both spellings.
const NAMES: [&str; 4] = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"];

pub(super) fn check(read: impl Fn(&str) -> Option<String>, api_base_url: Option<&str>) -> Check {
    let spellings = NAMES.iter().flat_map(|name| [(*name).to_owned(), name.to_lowercase()]);
    let set = spellings.filter_map(|name| {
        let value = read(&name).map(|value| value.trim().to_owned());
        Some((name, value.filter(|value| !value.is_empty())?))
    });
    let mut shown = Vec::new();
    for (name, value) in set {
        let value = if name.eq_ignore_ascii_case("NO_PROXY") { Some(value) } else { safe(&value) };
        let Some(value) = value else {
            return Check::warning(
                PROXY,
                format!("{name} is set to something that is no URL"),
                format!("Set {name} to a URL such as http://host:8080, or unset it."),
            );
        };
        shown.push(format!("{name} is {value}"));
    }
    if shown.is_empty() {
        return Check::ok(PROXY, "no variable names one");
    }
    let mut message = shown.join(", ");
    if api_base_url.is_some_and(is_this_machine) {
        message.push_str("; not asked, since the service is on this machine");
    }
    Check::ok(PROXY, message)
}

/// The address of a proxy; that it holds name and password is told, they are not.
fn safe(text: &str) -> Option<String> {
    let url = match text.contains("://") {
        true => Url::parse(text),
        false => Url::parse(&format!("http://{text}")),
    };
    let url = url.ok().filter(Url::has_host)?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let login = !url.username().is_empty() || url.password().is_some();
    let login = if login { " (with a login)" } else { "" };
    Some(format!("{}://{}{port}{login}", url.scheme(), url.host_str()?))
}

/// Whether the URL leads nowhere else, so that no proxy is asked.
pub(super) fn is_this_machine(url: &str) -> bool {
    // The client takes plain http for loopback only.
    url.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(variables: &[(&str, &str)]) -> String {
        let read = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        format!("{:?}", check(read, Some("https://host/")))
    }

    #[test]
    fn the_address_is_told_and_the_login_is_not() {
        for (value, shown) in [
            ("http://proxy:8080", "is http://proxy:8080\""),
            ("proxy:8080", "is http://proxy:8080\""),
            ("http://name:canary@proxy:8080/", "is http://proxy:8080 (with a login)"),
            ("name:canary@proxy", "is http://proxy (with a login)"),
            ("socks5h://proxy:1080?canary", "is socks5h://proxy:1080"),
            ("http://proxy/canary", "is http://proxy\""),
            ("http://", "no URL"),
            ("canary canary", "no URL"),
            ("http://name:canary@:8080", "no URL"),
        ] {
            for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
                let told = told(&[(name, value)]);
                assert!(told.contains(shown) && told.contains(name), "{value}: {told}");
                assert!(!told.contains("canary"), "{told}");
            }
        }
    }

    #[test]
    fn without_variables_there_is_none() {
        assert!(told(&[("HTTPS_PROXY", " ")]).contains("no variable names one"));
        assert!(told(&[("NO_PROXY", "localhost,.corp")]).contains("NO_PROXY is localhost,.corp"));
    }
}
