//! Operations 18 to 22: preproduction signing.

use std::fs;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Call, Handled, time};
use crate::{
    answer::{Answer, Content},
    body,
    error::ApiError,
    processing,
    request::Body,
    state::{PreprodAsset, PreprodPackage, PreprodStatus, State},
};

pub(super) fn submit(call: &Call, state: &mut State) -> Handled {
    let Body::File(file) = &call.body else {
        return Err(ApiError::malformed("The body is the package itself."));
    };
    let package = PreprodPackage {
        id: Uuid::new_v4().to_string(),
        submitted: call.now,
        step: call.service.settings.step,
        outcome: None,
    };
    let stored = call.service.blobs.insert(processing::PREPROD, &package.id, file.to_path_buf());
    if stored.is_err() {
        return Err(ApiError::internal("The emulator could not store the package."));
    }
    let answer = Answer::json(http::StatusCode::ACCEPTED, package_json(call, &package));
    processing::start_preprod(&call.service, state, call.account, &package);
    call.own(state).preprod.insert(package.id.clone(), package);
    Ok(answer)
}

pub(super) fn get(call: &Call, state: &mut State) -> Handled {
    Ok(Answer::ok(package_json(call, package(call, state)?)))
}

pub(super) fn list_assets(call: &Call, state: &mut State) -> Handled {
    let package = package(call, state)?;
    Ok(Answer::ok(assets_json(call, package).into()))
}

pub(super) fn get_asset(call: &Call, state: &mut State) -> Handled {
    let package = package(call, state)?;
    let asset = asset(call, package)?;
    Ok(Answer::ok(asset_json(package, asset, package.finished())))
}

pub(super) fn download_asset(call: &Call, state: &mut State) -> Handled {
    let asset = asset(call, package(call, state)?)?;
    let blob = &asset.blob;
    let path = call.service.blobs.path(&blob.container, &blob.blob);
    let file = path.and_then(|path| fs::File::open(path).ok());
    let length = file.as_ref().and_then(|file| file.metadata().ok()).map(|data| data.len());
    let (Some(file), Some(length)) = (file, length) else {
        return Err(ApiError::internal("The emulator lost the content of the asset."));
    };
    let body = body::section(tokio::fs::File::from_std(file), length);
    Ok(Answer::new(http::StatusCode::OK, Content::Bytes(body)))
}

fn package<'s>(call: &Call, state: &'s mut State) -> Result<&'s PreprodPackage, ApiError> {
    let id = call.text("packageId");
    let found = call.own(state).preprod.get(id);
    found.ok_or_else(|| ApiError::not_found("package", id))
}

fn asset<'p>(call: &Call, package: &'p PreprodPackage) -> Result<&'p PreprodAsset, ApiError> {
    let id = call.text("assetId");
    match package.status(call.now) {
        PreprodStatus::Succeeded(asset) if asset.id == id => Ok(asset),
        _ => Err(ApiError::not_found("asset", id)),
    }
}

fn package_json(call: &Call, package: &PreprodPackage) -> Value {
    let status = package.status(call.now);
    let modified = package.last_modified(call.now);
    let error = match status {
        PreprodStatus::Failed(message) => json!({ "message": message }),
        _ => Value::Null,
    };
    json!({
        "id": package.id,
        "etag": format!("\"0x{:X}\"", modified.timestamp_millis()),
        "lastModified": time(modified),
        "signingStatus": status.as_str(),
        "error": error,
        "assets": assets_json(call, package),
        "assetsContinuationToken": Value::Null,
    })
}

fn assets_json(call: &Call, package: &PreprodPackage) -> Vec<Value> {
    match package.status(call.now) {
        PreprodStatus::Succeeded(asset) => vec![asset_json(package, asset, package.finished())],
        _ => Vec::new(),
    }
}

fn asset_json(package: &PreprodPackage, asset: &PreprodAsset, created: DateTime<Utc>) -> Value {
    json!({
        "id": asset.id,
        "packageId": package.id,
        "assetType": "SignedFilesZip",
        "createdDate": time(created),
        "contentHash": asset.hash,
    })
}
