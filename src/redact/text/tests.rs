//! Secrets in every form and place, and texts that hold none.

use fastrand::Rng;

use super::*;

const SAS: &str = "https://user:pw@acc.blob.core.windows.net/c/initial.cab?sv=2024-05-04&sp=rwl\
    &sig=aGVsbG8%3D&skoid=11111111-2222-3333-4444-555555555555&rscd=attachment#frag";

/// How a secret is written; `@` is its place. Those with a `%` stand for all depths of escapes.
const FORMS: &[&str] = &[
    "sig=@",
    "SIG=@",
    "Sig = @",
    "&sig=@",
    "?sig=@",
    "?sv=2024-05-04&sig=@&se=2026-01-05T10%3A00%3A00Z",
    "/container/blob?sv=2024-05-04&sig=@",
    "https://host/container/blob?sv=2024-05-04&sig=@",
    "https://host/container/blob?neverHeardOf=@",
    "https://host/container#@",
    "https://host/sig=@",
    "other://sig=@/path",
    "sv=2024-05-04&amp;sig=@",
    "sv=2024-05-04\\u0026sig\\u003d@",
    "https://host/blob\\u003Fsig\\u003D@",
    "sig%3D@",
    "%26SIG%3d@",
    "blob%3Fsv%3D2024-05-04%26sig%3D@",
    "https%3A%2F%2Fhost%2Fblob%3FneverHeardOf%3D@",
    "https://host/to/blob%3Fsig%3D@",
    "Bearer%20@",
    "%22access_token%22%3A%20%22@%22",
    "client_secret=@",
    "client-secret: @",
    "Client_Secret=\"@\"",
    "clientSecret:@",
    "client_assertion=@&client_id=1",
    "password='@'",
    "AccountName=a;AccountKey=@;EndpointSuffix=b",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN=@",
    "X-Identity-Header: @",
    "access_token=@",
    "{\"access_token\":\"@\",\"expires_in\":1}",
    "{ \"ACCESS_TOKEN\" : \"@\" }",
    "{\\\"access_token\\\":\\\"@\\\"}",
    "'refresh_token': '@'",
    "{\"access_token\":[\"@\"]}",
    "Authorization: Bearer @",
    "authorization:bearer @",
    "BEARER\n@",
    "Bearer: @",
    "Bearer \"@\"",
    "eyJ@",
    "eyJhbGciOiJSUzI1NiJ9.@",
    "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.@",
];

/// How often each of them is tried.
const ROUNDS: usize = 200;

/// What can stand around a secret.
const BEFORE: &[&str] =
    &["", "x", "état", "see ", "see https://h/a, ", "(", "\"", "<", "[", "\n", "a=b "];
const AFTER: &[&str] = &["", " ", " is wrong.", "\" }", ">", "' or", "\n", ")", ", and \"more\""];

/// What a service says.
const HARMLESS: &[&str] = &[
    "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is \
     the client secret value, not the client secret ID, for a secret added to app '1b3d'.",
    "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or \
     'client_secret'.",
    "AADSTS700024: Client assertion is not within its valid time range. Current time: \
     2026-01-05T10:00:00.0000000Z, expiry time of assertion 2026-01-05T09:00:00.0000000Z.",
    "AADSTS700213: No matching federated identity record found for presented assertion subject \
     'repo:contoso/driver:environment:release'.",
    "AADSTS50027: JWT token is invalid or malformed.",
    "Validation Failed. requestedSignatures: The OS code `WINDOWS_v100_X86_FULL` is invalid.",
    "The token: it has expired; Bearer authentication is needed, and no secret: none was sent.",
    "Only pending submissions can be committed. (RequestInvalidForCurrentState)",
    "File C:\\drivers\\echo.inf(17): error 1233: [Echo_Device.NT]=needs 100% of a=b & c",
    "https://host/Signed%20Files/a.zip?se=2026-01-05T10%3A00%3A00Z&sp=r and PCI\\VEN_8086&DEV_1F00",
    "Windows 10 & 11: x64? Yes: déjà vu = ok; 50%25 — <b>bold</b> {\"id\": 5, \"name\": \"n\"}",
];

fn any<'a, T>(rng: &mut Rng, of: &'a [T]) -> &'a T {
    &of[rng.usize(..of.len())]
}

/// A secret of letters that signatures, tokens or generated passwords are made of.
fn secret(rng: &mut Rng) -> String {
    let special = *any(rng, &["-_", "~._-", "+/", ""]);
    let letter = |rng: &mut Rng| match rng.usize(..12) {
        0 if !special.is_empty() => special.chars().nth(rng.usize(..special.len())).unwrap(),
        _ => rng.alphanumeric(),
    };
    // A word of small letters alone would pass for a word.
    (0..rng.usize(20..60)).map(|_| letter(rng)).chain("Q7".chars()).collect()
}

/// The text with its escapes escaped again, up to three times.
fn deeper(text: &str, rng: &mut Rng) -> String {
    (0..rng.usize(..4)).fold(text.to_owned(), |text, _| text.replace('%', "%25"))
}

#[test]
#[expect(clippy::print_stdout, reason = "what was tried is told to whoever asks to see it")]
fn no_secret_survives_in_any_form_at_any_place() {
    let mut rng = Rng::with_seed(0x5EC2E7);
    let (mut cases, mut bytes) = (0, 0);
    for _ in 0..ROUNDS {
        for form in FORMS {
            let secret = secret(&mut rng);
            let planted = deeper(form, &mut rng).replacen('@', &secret, 1);
            let harmless = any(&mut rng, HARMLESS);
            let (before, after) = (any(&mut rng, BEFORE), any(&mut rng, AFTER));
            let told = format!("{harmless} {before}{planted}{after}");
            let safe = text(&told);
            for start in 0..secret.len() - 7 {
                let part = &secret[start..start + 8];
                assert!(!safe.contains(part), "{part} of {told}\nis in {safe}");
            }
            let kept = text(harmless);
            assert!(safe.starts_with(&kept), "{told}\nbecame {safe}");
            cases += 1;
            bytes += told.len();
        }
    }
    println!("{cases} texts of {bytes} bytes, {} forms", FORMS.len());
    assert_eq!(cases, ROUNDS * FORMS.len());
}

#[test]
fn what_is_harmless_passes_unchanged() {
    let mut rng = Rng::with_seed(0x0D1);
    for harmless in HARMLESS.iter().filter(|text| !text.contains("&DEV")) {
        assert_eq!(text(harmless), *harmless);
    }
    let mut cases = 0;
    for _ in 0..2000 {
        let told: Vec<_> = (0..rng.usize(1..5))
            .map(|_| {
                let words: Vec<_> = any(&mut rng, &HARMLESS[..8]).split(' ').collect();
                words[..rng.usize(..=words.len())].join(" ")
            })
            .collect();
        let told = told.join("; ");
        assert_eq!(text(&told), told);
        cases += 1;
    }
    assert_eq!(cases, 2000);
}

#[test]
fn a_text_that_was_made_safe_stays_as_it_is() {
    let mut rng = Rng::with_seed(3);
    for form in FORMS {
        let safe = text(&form.replacen('@', &secret(&mut rng), 1));
        assert_eq!(text(&safe), safe);
    }
}

#[test]
fn urls_in_a_text_are_made_safe_and_the_text_is_kept() {
    let told = format!("état: see <{SAS}> and \"https://h/?key=abc\", or a://b?c=secret");
    let safe = text(&told);
    for secret in ["aGVsbG8", "abc", "secret", "pw"] {
        assert!(!safe.contains(secret), "{secret} in {safe}");
    }
    assert!(safe.starts_with("état: see <https://acc.blob.core.windows.net/c/initial.cab?"));
    assert!(safe.ends_with("> and \"https://h/?key=REDACTED\", or a://b?c=REDACTED"), "{safe}");
    assert_eq!(text("no URL: 5 // 3"), "no URL: 5 // 3");
}

#[test]
fn what_is_hidden_leaves_the_rest_to_be_read() {
    for (told, safe) in [
        ("at /c/b?sv=2024-05-04&sig=abc%3D now", "at /c/b?sv=2024-05-04&sig=REDACTED now"),
        ("(Bearer abc.1)", "(Bearer REDACTED"),
        ("{\"access_token\":\"a b\",\"n\":1}", "{\"access_token\":\"REDACTED\",\"n\":1}"),
        ("blob%3Fsig%3Dabc was refused", "REDACTED was refused"),
        ("client_secret=abc&client_id=1", "client_secret=REDACTED&client_id=REDACTED"),
        ("https://h/a%3Fsig%3Db?sp=r", "https://h/REDACTED?sp=r"),
    ] {
        assert_eq!(text(told), safe);
    }
}

#[test]
fn what_was_sent_is_cut_out_wherever_it_comes_back() {
    let secret = "a b&c".to_owned().into();
    assert_eq!(
        without("'a b&c', a+b%26c or a%20b%26c", &secret),
        "'REDACTED', REDACTED or REDACTED"
    );
    let assertion = "head.body.signature-of-sixteen".to_owned().into();
    let told = "head.body.signature-of-sixteen or signature-of-sixteen, of body";
    assert_eq!(without(told, &assertion), "REDACTED or REDACTED, of body");
    assert_eq!(without("as it was", &SecretString::default()), "as it was");
}

#[test]
fn no_text_is_too_deep() {
    for piece in ["https://", "%25", "eyJ=", "token:", "\\\"", "a?", "token=\""] {
        let long = piece.repeat(20_000);
        assert!(text(&long).len() <= long.len() + HIDDEN.len() * 20_000, "{piece}");
    }
}
