//! `hwdash schema`

use hardware_dashboard::model::{
    Audience, DriverMetadata, ErrorBody, NewProduct, NewShippingLabel, NewSubmission, PreprodAsset,
    PreprodPackage, Product, ShippingLabel, ShippingLabelUpdate, Submission, UpdateProduct,
    UpdateShippingLabel, UpdateSubmission,
};
use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::RecursiveTransform};

use crate::{
    Ending, args, config,
    failure::{Exit, Failure},
    output,
};

/// An object of the service, or of ours: its name on the command line, what it is, and its schema.
type Entry = (&'static str, &'static str, fn() -> Schema);

const SCHEMAS: &[Entry] = &[
    ("new-product", "request that makes a product", request::<NewProduct>),
    ("product-update", "request that changes a product", request::<UpdateProduct>),
    ("new-submission", "request that makes a submission", request::<NewSubmission>),
    ("submission-update", "request that changes a submission", request::<UpdateSubmission>),
    ("new-label", "request that makes a shipping label", request::<NewShippingLabel>),
    ("label-update", "request that changes a shipping label", request::<UpdateShippingLabel>),
    ("label-change", "file of changes to a shipping label", request::<ShippingLabelUpdate>),
    ("product", "a product", answer::<Product>),
    ("submission", "a submission", answer::<Submission>),
    ("label", "a shipping label", answer::<ShippingLabel>),
    ("audience", "an audience", answer::<Audience>),
    ("preprod", "a preproduction package", answer::<PreprodPackage>),
    ("preprod-asset", "an asset of a preproduction package", answer::<PreprodAsset>),
    ("metadata", "a driver metadata file", answer::<DriverMetadata>),
    ("error", "the body of an error answer", answer::<ErrorBody>),
    ("config", "the configuration file of hwdash", answer::<config::File>),
];

pub(crate) fn run(args: &args::Schema) -> Ending {
    let Some(name) = &args.name else { return Err(listing("no schema was named")) };
    let Some((_, _, schema)) = SCHEMAS.iter().find(|(known, _, _)| known == name) else {
        return Err(listing(&format!("there is no schema {name}")));
    };
    // Pretty, with a line break at the end.
    output::data(&format!("{:#}", schema().to_value()))?;
    Ok(Exit::Done)
}

fn listing(message: &str) -> Failure {
    let failure = Failure::input(message, "Name one of these, such as: hwdash schema new-product");
    let lines = SCHEMAS.iter().map(|(name, what, _)| format!("{name:18} {what}"));
    lines.fold(failure, Failure::with_detail)
}

/// What the service answers may hold more than we know.
fn answer<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}

/// The service passes over a field that is misspelt in a request; an editor shall not.
fn request<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(close));
    settings.into_generator().into_root_schema_for::<T>()
}

/// Lets an object hold its named properties only. Maps have none.
fn close(schema: &mut Schema) {
    if schema.get("properties").is_some() {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
}
