//! The bucket: requests to it, signed; those that the library lacks are signed by its signer.
//!
//! Must not do: know the paths of a volume; names here are whole keys.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::future::Future;

use bytes::Bytes;
use futures::executor::block_on;
use object_store::aws::{AmazonS3, AmazonS3Builder, AwsAuthorizer, AwsCredential};
use object_store::client::{HttpRequest, HttpRequestBody};
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::http::Method;
use url::Url;

use super::failure::{Failure, Sort};
use super::wire::{Patience, Wire};
use crate::model::Password;
use crate::model::settings::ObjectSettings;

/// What servers without regions take.
const ANY_REGION: &str = "us-east-1";

/// The signed requests to one bucket. Each blocks its caller and nobody else.
pub(super) struct Bucket {
    /// Its name.
    pub name: String,
    store: AmazonS3,
    wire: Wire,
    credential: AwsCredential,
    region: String,
    /// Address of the bucket, without `/` at its end.
    address: String,
}

/// A file that is being brought in parts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Pending {
    pub key: String,
    pub upload_id: String,
}

/// A part that the server keeps.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Part {
    /// From 1 on.
    pub part_number: u32,
    #[serde(rename = "ETag")]
    pub e_tag: String,
    /// Bytes.
    pub size: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Uploads {
    #[serde(default)]
    upload: Vec<Pending>,
    #[serde(default)]
    is_truncated: bool,
    #[serde(default)]
    next_key_marker: String,
    #[serde(default)]
    next_upload_id_marker: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parts {
    #[serde(default)]
    part: Vec<Part>,
    #[serde(default)]
    is_truncated: bool,
    #[serde(default)]
    next_part_number_marker: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    /// Required: what is no listing has none.
    #[serde(rename = "Name")]
    _name: String,
    #[serde(default)]
    contents: Vec<Found>,
    #[serde(default)]
    is_truncated: bool,
    #[serde(default)]
    next_continuation_token: String,
}

/// A file.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Found {
    pub key: String,
    /// Bytes.
    pub size: u64,
}

impl Bucket {
    /// The bucket of `settings`, which must have an address that [`address`] takes.
    pub fn new(
        settings: &ObjectSettings,
        secret: Option<&Password>,
        patience: Patience,
    ) -> Result<Self, &'static str> {
        let endpoint = address(&settings.endpoint)?;
        if settings.bucket.is_empty() || settings.bucket.contains(['/', '?', '#', '%', ' ']) {
            return Err("the bucket's name is missing or is none");
        }
        let region = match settings.region.trim() {
            "" => ANY_REGION.to_owned(),
            region => region.to_owned(),
        };
        let wire = Wire::new(patience);
        let secret_key = secret.map_or("", Password::reveal);
        let retry = RetryConfig { max_retries: 0, ..RetryConfig::default() };
        let store = AmazonS3Builder::new()
            .with_endpoint(&endpoint)
            .with_allow_http(true)
            .with_virtual_hosted_style_request(false)
            .with_bucket_name(&settings.bucket)
            .with_region(&region)
            .with_access_key_id(&settings.access_key)
            .with_secret_access_key(secret_key)
            .with_disable_bulk_delete(true)
            .with_retry(retry)
            .with_http_connector(wire.clone())
            .build()
            .map_err(|_| "its address is none of object storage")?;
        let credential = AwsCredential {
            key_id: settings.access_key.clone(),
            secret_key: secret_key.into(),
            token: None,
        };
        let address = format!("{endpoint}/{}", settings.bucket);
        Ok(Self { name: settings.bucket.clone(), store, wire, credential, region, address })
    }

    /// Stores `bytes` whole.
    pub fn put(&self, key: &Path, bytes: Bytes) -> Result<(), Failure> {
        wait(self.store.put(key, bytes.into())).map(drop)
    }

    /// Up to `length` bytes from `offset` on, and the length of the whole; `length` is not 0.
    pub fn get(&self, key: &Path, offset: u64, length: u64) -> Result<(Bytes, u64), Failure> {
        let range = GetRange::Bounded(offset..offset.saturating_add(length));
        let options = GetOptions { range: Some(range), ..GetOptions::default() };
        wait(async {
            let got = self.store.get_opts(key, options).await?;
            let size = got.meta.size;
            Ok((got.bytes().await?, size))
        })
    }

    /// Up to `length` bytes from its beginning, and the length of the whole.
    pub fn beginning(&self, key: &Path, length: u64) -> Result<(Bytes, u64), Failure> {
        match self.get(key, 0, length) {
            // An empty file has no byte to ask for, and some servers give no less than was asked for.
            Err(Failure::Refused { status: 400 | 416, .. }) => match self.head(key)? {
                0 => Ok((Bytes::new(), 0)),
                whole => self.get(key, 0, length.min(whole)),
            },
            got => got,
        }
    }

    /// Its length.
    pub fn head(&self, key: &Path) -> Result<u64, Failure> {
        wait(self.store.head(key)).map(|meta| meta.size)
    }

    /// Removes it; that it is not there is no error.
    pub fn delete(&self, key: &Path) -> Result<(), Failure> {
        match wait(self.store.delete(key)) {
            Err(failure) if failure.sort(&self.name) == Sort::NotFound => Ok(()),
            deleted => deleted,
        }
    }

    /// All keys that begin with `prefix`, as they are: the library's own listing fails at a key of others that is no
    /// path of its kind, such as `a//b`.
    pub fn list(&self, prefix: &str) -> Result<Vec<Found>, Failure> {
        let (mut all, mut token, mut before) = (Vec::new(), String::new(), BTreeSet::new());
        loop {
            let mut query = vec![("list-type", "2"), ("prefix", prefix)];
            if !token.is_empty() {
                query.push(("continuation-token", &token));
            }
            let page: Page = self.ask("", &query)?;
            all.extend(page.contents.into_iter().filter(|found| found.key.starts_with(prefix)));
            match page.next_continuation_token {
                _ if !page.is_truncated => return Ok(all),
                // Half a list would be taken for files that are gone.
                next if next.is_empty() || !before.insert(next.clone()) => {
                    return Err(Failure::NotS3);
                }
                next => token = next,
            }
        }
    }

    /// The length of `key`, or none; unlike [`Self::head`] it tells when the whole bucket is gone.
    pub fn find(&self, key: &str) -> Result<Option<u64>, Failure> {
        let query = [("list-type", "2"), ("max-keys", "1"), ("prefix", key)];
        let page: Page = self.ask("", &query)?;
        Ok(page.contents.into_iter().find(|found| found.key == key).map(|found| found.size))
    }

    /// Begins a file in parts.
    pub fn begin(&self, key: &Path) -> Result<String, Failure> {
        wait(self.store.create_multipart(key))
    }

    /// Stores the part `index`, from 0 on; its tag.
    pub fn put_part(
        &self,
        key: &Path,
        id: &String,
        index: usize,
        bytes: Bytes,
    ) -> Result<String, Failure> {
        wait(self.store.put_part(key, id, index, bytes.into())).map(|part| part.content_id)
    }

    /// Makes one file of the parts with these tags.
    pub fn complete(&self, key: &Path, id: &String, tags: &[String]) -> Result<(), Failure> {
        let parts = tags.iter().map(|tag| PartId { content_id: tag.clone() }).collect();
        wait(self.store.complete_multipart(key, id, parts)).map(drop)
    }

    /// Removes the parts; that there are none is no error.
    pub fn abort(&self, key: &Path, id: &String) -> Result<(), Failure> {
        match wait(self.store.abort_multipart(key, id)) {
            Err(failure) if matches!(failure.sort(&self.name), Sort::NoUpload | Sort::NotFound) => {
                Ok(())
            }
            aborted => aborted,
        }
    }

    /// Files below `prefix` that are being brought in parts; none where the server does not tell.
    pub fn pending(&self, prefix: &str) -> Result<Vec<Pending>, Failure> {
        let (mut key, mut id) = (String::new(), String::new());
        let mut all = Vec::new();
        loop {
            let mut query = vec![("uploads", ""), ("prefix", prefix)];
            if !key.is_empty() {
                query.extend([("key-marker", key.as_str()), ("upload-id-marker", id.as_str())]);
            }
            let page: Uploads = match self.ask("", &query) {
                Err(failure) if failure.sort(&self.name) == Sort::Unknown => return Ok(all),
                page => page?,
            };
            all.extend(page.upload.into_iter().filter(|found| found.key.starts_with(prefix)));
            if !page.is_truncated || page.next_key_marker.is_empty() {
                return Ok(all);
            }
            (key, id) = (page.next_key_marker, page.next_upload_id_marker);
        }
    }

    /// The parts that are there of `pending`, in order.
    pub fn parts(&self, pending: &Pending) -> Result<Vec<Part>, Failure> {
        let mut all: Vec<Part> = Vec::new();
        let mut marker = 0;
        loop {
            let from = marker.to_string();
            let mut query = vec![("uploadId", pending.upload_id.as_str())];
            if marker > 0 {
                query.push(("part-number-marker", &from));
            }
            let page: Parts = self.ask(&pending.key, &query)?;
            all.extend(page.part);
            if !page.is_truncated || page.next_part_number_marker <= marker {
                all.sort_by_key(|part| part.part_number);
                return Ok(all);
            }
            marker = page.next_part_number_marker;
        }
    }

    /// A signed GET of `key`, or of the bucket where that is empty.
    fn ask<T: DeserializeOwned>(&self, key: &str, query: &[(&str, &str)]) -> Result<T, Failure> {
        let mut uri = self.address.clone();
        if !key.is_empty() {
            uri.push('/');
            encode(&mut uri, key, true);
        }
        for (index, (name, value)) in query.iter().enumerate() {
            uri.push(if index == 0 { '?' } else { '&' });
            encode(&mut uri, name, false);
            uri.push('=');
            encode(&mut uri, value, false);
        }
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = uri.parse().map_err(|_| Failure::NotS3)?;
        AwsAuthorizer::new(&self.credential, "s3", &self.region)
            .try_authorize(&mut request, None)
            .map_err(|error| Failure::within(&error))?;
        let answer = block_on(async {
            let answer = self.wire.send(request).await?;
            answer.into_body().bytes().await.map_err(|_| Failure::NotS3)
        })?;
        quick_xml::de::from_reader(&answer[..]).map_err(|_| Failure::NotS3)
    }
}

/// The request is carried out on this very thread; nothing else is waited for.
fn wait<T>(work: impl Future<Output = object_store::Result<T>>) -> Result<T, Failure> {
    block_on(work).map_err(|error| Failure::within(&error))
}

/// RFC 3986 as the signature wants it: everything but what is unreserved, and `/` within a key.
fn encode(into: &mut String, text: &str, is_key: bool) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                into.push(char::from(byte));
            }
            b'/' if is_key => into.push('/'),
            other => {
                let _ = write!(into, "%{other:02X}");
            }
        }
    }
}

/// The server's address without `/` at its end.
fn address(endpoint: &str) -> Result<String, &'static str> {
    const WANTED: &str = "its address is not https://host:port or http://host:port";
    let url = Url::parse(endpoint.trim()).map_err(|_| WANTED)?;
    let plain = url.username().is_empty() && url.password().is_none();
    let whole = url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || !plain || !whole {
        return Err(WANTED);
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_is_one() {
        assert_eq!(address("https://s3.example:9000/").as_deref(), Ok("https://s3.example:9000"));
        assert_eq!(address(" http://[::1]:8333").as_deref(), Ok("http://[::1]:8333"));
        for wrong in
            ["", "s3.example", "s3.example:9000", "ftp://s3", "http://k:s@s3", "http://s3/?x"]
        {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_are_encoded_as_they_are_signed() {
        let mut text = String::new();
        encode(&mut text, "a b/ä+~", true);
        encode(&mut text, "/", false);
        assert_eq!(text, "a%20b/%C3%A4%2B~%2F");
    }

    #[test]
    fn listings_are_read_with_and_without_pages() {
        let xml = "<ListPartsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><UploadId>u</UploadId>\
                   <Part><PartNumber>1</PartNumber><ETag>\"t\"</ETag><Size>5</Size></Part>\
                   <IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>\
                   <Owner><ID>x</ID></Owner></ListPartsResult>";
        let parts: Parts = quick_xml::de::from_str(xml).expect("parts");
        assert!(parts.is_truncated && parts.next_part_number_marker == 1);
        assert_eq!(parts.part, [Part { part_number: 1, e_tag: "\"t\"".into(), size: 5 }]);
        let none: Uploads = quick_xml::de::from_str("<ListMultipartUploadsResult/>").expect("none");
        assert!(none.upload.is_empty() && !none.is_truncated);
        assert!(quick_xml::de::from_str::<Page>("<html><p>hello</p></html>").is_err());
    }
}
