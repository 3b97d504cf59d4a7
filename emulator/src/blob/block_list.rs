//! Put Block List and Get Block List.

use std::{collections::HashMap, fmt::Display, sync::Arc};

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use http_body_util::BodyExt;
use quick_xml::{
    Reader,
    escape::{escape, unescape},
    events::Event,
};

use super::{
    Inner,
    checksum::Checksum,
    conditions::Conditions,
    error::{BlobError, Code},
    properties,
    request::{Exchange, invalid_parameter},
    state::{Blob, NewContent, Piece, assemble},
    upload::created,
};
use crate::body::{Body, full};

const MAX_BLOCKS: usize = 50_000;
/// 50,000 of the longest block ids with their tags come to less.
const MAX_LIST_BYTES: usize = 16 * 1024 * 1024;

/// Where a block of the list is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Committed,
    Uncommitted,
    Latest,
}

impl Inner {
    /// Put Block List: the blob becomes the listed blocks, in that order.
    pub(super) async fn put_block_list<B>(
        self: &Arc<Self>,
        exchange: &Exchange<'_>,
        body: &mut B,
    ) -> Result<Response<Body>, BlobError>
    where
        B: hyper::body::Body<Data = Bytes, Error: Display> + Unpin,
    {
        let conditions = Conditions::of(&exchange.parts.headers)?;
        let mut checksum = Checksum::announced(&exchange.parts.headers, false)?;
        if exchange.header(header::CONTENT_LENGTH).is_none() {
            return Err(Code::MissingContentLengthHeader.into());
        }
        let list = read_list(body).await?;
        checksum.update(&list);
        let checksum = checksum.finish()?;
        let list = parse(&list)?;

        let (content, replaced) = loop {
            let pieces = self.containers().blob_mut(exchange.target)?.resolve(&list)?;
            let content = self.put_together(pieces.clone(), exchange).await?;
            let mut containers = self.containers();
            let blob = containers.blob_mut(exchange.target)?;
            conditions.allow_write(blob.committed.as_deref())?;
            // Another commit may have come in between: then the list means something else now.
            if same(&blob.resolve(&list)?, &pieces) {
                break blob.replace(content, self.clock.now());
            }
        };
        drop(replaced);
        let mut response = created(&checksum);
        response.headers_mut().extend(properties::version(&content));
        Ok(response)
    }

    async fn put_together(
        self: &Arc<Self>,
        pieces: Vec<Piece>,
        exchange: &Exchange<'_>,
    ) -> Result<NewContent, BlobError> {
        let store = Arc::clone(self);
        let (file, blocks) = tokio::task::spawn_blocking(move || assemble(&store.files, &pieces))
            .await
            .map_err(std::io::Error::other)??;
        let length = blocks.iter().map(|block| block.length).sum();
        let properties = properties::from_request(&exchange.parts.headers);
        Ok(NewContent { file, length, blocks, properties })
    }

    /// Get Block List: which blocks have arrived.
    pub(super) fn get_block_list(
        &self,
        exchange: &Exchange<'_>,
    ) -> Result<Response<Body>, BlobError> {
        let (committed, uncommitted) = match exchange.query.get("blocklisttype") {
            None => (true, false),
            Some(kind) if kind.eq_ignore_ascii_case("committed") => (true, false),
            Some(kind) if kind.eq_ignore_ascii_case("uncommitted") => (false, true),
            Some(kind) if kind.eq_ignore_ascii_case("all") => (true, true),
            Some(other) => return Err(invalid_parameter("blocklisttype", other)),
        };
        let containers = self.containers();
        let blob = containers.blob(exchange.target)?;
        let mut response = Response::new(full(blob.block_list(committed, uncommitted)));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        let length = blob.committed.as_ref().map_or(0, |content| content.length);
        headers.insert("x-ms-blob-content-length", length.into());
        if let Some(content) = &blob.committed {
            headers.extend(properties::version(content));
        }
        Ok(response)
    }
}

impl Blob {
    /// Finds the blocks of a list.
    fn resolve(&self, list: &[(Origin, String)]) -> Result<Vec<Piece>, BlobError> {
        let committed: HashMap<&str, Piece> = self
            .committed
            .iter()
            .flat_map(|content| content.blocks.iter().map(move |block| (content, block)))
            .map(|(content, block)| {
                let piece = Piece::Committed { block: block.clone(), content: Arc::clone(content) };
                (block.id.as_str(), piece)
            })
            .collect();
        let staged = |id: &String| {
            let block = self.staged.get(id)?.clone();
            Some(Piece::Staged { id: id.clone(), block })
        };
        let committed = |id: &String| committed.get(id.as_str()).cloned();
        list.iter()
            .map(|(origin, id)| match origin {
                Origin::Uncommitted => staged(id),
                Origin::Committed => committed(id),
                Origin::Latest => staged(id).or_else(|| committed(id)),
            })
            .map(|piece| piece.ok_or_else(|| Code::InvalidBlockList.into()))
            .collect()
    }

    fn block_list(&self, committed: bool, uncommitted: bool) -> String {
        let mut xml = String::from("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        if committed {
            let blocks = self.committed.iter().flat_map(|content| &content.blocks);
            let blocks = blocks.map(|block| (block.id.as_str(), block.length));
            write_blocks(&mut xml, "CommittedBlocks", blocks);
        }
        if uncommitted {
            let blocks = self.staged.iter().map(|(id, block)| (id.as_str(), block.length));
            write_blocks(&mut xml, "UncommittedBlocks", blocks);
        }
        xml + "</BlockList>"
    }
}

fn write_blocks<'a>(xml: &mut String, element: &str, blocks: impl Iterator<Item = (&'a str, u64)>) {
    *xml += &format!("<{element}>");
    for (id, length) in blocks {
        *xml += &format!("<Block><Name>{}</Name><Size>{length}</Size></Block>", escape(id));
    }
    *xml += &format!("</{element}>");
}

/// Whether both are the very same stored bytes.
fn same(one: &[Piece], other: &[Piece]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|pair| match pair {
            (Piece::Staged { block: one, .. }, Piece::Staged { block: other, .. }) => {
                Arc::ptr_eq(&one.file, &other.file)
            }
            (Piece::Committed { content: one, .. }, Piece::Committed { content: other, .. }) => {
                Arc::ptr_eq(one, other)
            }
            _ => false,
        })
}

async fn read_list<B>(body: &mut B) -> Result<Bytes, BlobError>
where
    B: hyper::body::Body<Data = Bytes, Error: Display> + Unpin,
{
    let mut list = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            BlobError::from(Code::InvalidInput).with("Reason", error.to_string())
        })?;
        if let Ok(bytes) = frame.into_data() {
            if list.len() + bytes.len() > MAX_LIST_BYTES {
                return Err(Code::RequestBodyTooLarge.into());
            }
            list.extend_from_slice(&bytes);
        }
    }
    Ok(list.into())
}

/// Reads `<BlockList><Latest>id</Latest>…</BlockList>`.
fn parse(xml: &[u8]) -> Result<Vec<(Origin, String)>, BlobError> {
    let invalid = || BlobError::from(Code::InvalidXmlDocument);
    let xml = std::str::from_utf8(xml).map_err(|_| invalid())?;
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let mut blocks = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().map_err(|_| invalid())? {
            Event::Start(element) if depth == 0 && element.name().as_ref() == b"BlockList" => {
                depth = 1;
            }
            Event::Start(element) if depth == 1 => {
                let origin = match element.name().as_ref() {
                    b"Committed" => Origin::Committed,
                    b"Uncommitted" => Origin::Uncommitted,
                    b"Latest" => Origin::Latest,
                    _ => return Err(invalid()),
                };
                let id = reader.read_text(element.name()).map_err(|_| invalid())?;
                let id = id.decode().map_err(|_| invalid())?;
                let id = unescape(id.trim()).map_err(|_| invalid())?;
                blocks.push((origin, id.into_owned()));
            }
            Event::Empty(element) if depth == 0 && element.name().as_ref() == b"BlockList" => {
                return Ok(blocks);
            }
            Event::End(_) if depth == 1 => break,
            Event::Decl(_) | Event::Comment(_) => {}
            Event::Text(text) if text.iter().all(u8::is_ascii_whitespace) => {}
            _ => return Err(invalid()),
        }
    }
    if blocks.len() > MAX_BLOCKS {
        return Err(Code::BlockListTooLong.into());
    }
    Ok(blocks)
}
