use serde_json::json;

use super::*;
use crate::EmulatorBuilder;

fn service() -> Service {
    let settings = EmulatorBuilder::new().settings();
    let blobs = BlobStore::new(settings.clock.clone()).expect("there is room for files");
    let spec = Spec::load().expect("the specification can be read");
    Service::new(settings, spec, blobs, "http://127.0.0.1:1".to_owned())
}

fn checked(path: &str, answer: Answer) -> (Answer, Vec<String>) {
    let service = service();
    let Route::Operation(operation, _) = service.spec.route(&Method::GET, path) else {
        panic!("{path} leads nowhere");
    };
    let answer = service.checked(operation, answer);
    (answer, service.log.violations())
}

#[test]
fn an_answer_that_breaks_the_specification_becomes_a_500_with_its_place() {
    let wrong = json!({ "value": [{ "id": 1 }, { "id": { "no": "id" } }] });
    let (answer, violations) = checked("/hardware/products", Answer::ok(wrong));
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let [violation] = &violations[..] else { panic!("one violation: {violations:?}") };
    assert!(violation.starts_with("listProducts: "), "{violation}");
    assert!(violation.contains("$.value[1].id"), "{violation}");
}

#[test]
fn an_answer_that_fits_passes_unchanged() {
    let right = json!({ "value": [{ "id": 1 }], "links": null });
    let (answer, violations) = checked("/hardware/products", Answer::ok(right.clone()));
    assert_eq!(answer.status, StatusCode::OK);
    assert!(matches!(answer.content, crate::answer::Content::Json(body) if body == right));
    assert_eq!(violations, Vec::<String>::new());
}
