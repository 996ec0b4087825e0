//! What an app asks to be downloaded (`bridge.md` 3, `downloadFile`), checked before anything happens.

use std::fmt;

use ureq::http::{HeaderName, HeaderValue};
use url::Url;

use crate::FilesError;
use crate::limits::{MAX_AUTHORIZATION_KEY, MAX_AUTHORIZATION_VALUE, MAX_AUTHORIZATIONS, MAX_URL};
use crate::name;

/// Headers that are not an app's to set: those of the connection and of the message's form, those that change what a
/// download is, and cookies.
const REFUSED: [&str; 20] = [
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "expect",
    "host",
    "http2-settings",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "range",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What an app asks to be downloaded.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Where from: `https:` only.
    pub url: String,
    /// The name of the file in the folder of the app.
    pub file_name: String,
    /// Request headers as (key, value). They are sent to the server of `url` alone.
    pub authorizations: Vec<(String, String)>,
}

impl fmt::Debug for Request {
    /// Without the authorizations, and of the URL only the host: the rest may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = Url::parse(&self.url).ok();
        f.debug_struct("Request")
            .field("host", &url.as_ref().and_then(Url::host_str))
            .field("file_name", &self.file_name)
            .field("authorizations", &self.authorizations.len())
            .finish()
    }
}

/// A request that obeys the rules.
pub(crate) struct Checked {
    pub(crate) url: Url,
    pub(crate) file: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Request {
    /// Whether the request obeys the rules, so that a download can begin.
    ///
    /// # Errors
    /// [`FilesError::Invalid`] with the part and the rule it breaks.
    pub fn validate(&self) -> Result<(), FilesError> {
        self.check().map(|_| ())
    }

    /// Checks every part.
    pub(crate) fn check(&self) -> Result<Checked, FilesError> {
        if self.url.len() > MAX_URL {
            return Err(FilesError::invalid(format!("url: longer than {MAX_URL} bytes")));
        }
        let url = Url::parse(&self.url).map_err(|error| FilesError::invalid(format!("url: {error}")))?;
        check_url(&url).map_err(|rule| FilesError::invalid(format!("url: {rule}")))?;
        if self.authorizations.len() > MAX_AUTHORIZATIONS {
            return Err(FilesError::invalid(format!(
                "authorizations: more than {MAX_AUTHORIZATIONS}"
            )));
        }
        let headers = self
            .authorizations
            .iter()
            .enumerate()
            .map(|(index, (key, value))| {
                header(key, value).map_err(|rule| FilesError::invalid(format!("authorizations[{index}].{rule}")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Checked {
            url,
            file: name::plain("fileName", &self.file_name)?,
            headers,
        })
    }
}

/// The rules for every URL on the way to a file.
pub(crate) fn check_url(url: &Url) -> Result<(), String> {
    if url.as_str().len() > MAX_URL {
        Err(format!("longer than {MAX_URL} bytes"))
    } else if url.scheme() != "https" {
        Err(format!("must start with https://, not with {}:", url.scheme()))
    } else if !url.username().is_empty() || url.password().is_some() {
        Err("must not hold a user name or a password".to_owned())
    } else {
        Ok(())
    }
}

fn header(key: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    if key.len() > MAX_AUTHORIZATION_KEY {
        return Err(format!("key: longer than {MAX_AUTHORIZATION_KEY} bytes"));
    }
    if value.len() > MAX_AUTHORIZATION_VALUE {
        return Err(format!("value: longer than {MAX_AUTHORIZATION_VALUE} bytes"));
    }
    let name = HeaderName::from_bytes(key.as_bytes()).map_err(|_| "key: not the name of a header".to_owned())?;
    if REFUSED.contains(&name.as_str()) || name.as_str().starts_with("proxy-") {
        return Err(format!("key: the header {name} is not an app's to set"));
    }
    // `HeaderValue` takes every byte above 127 too; servers do not agree on what those mean.
    if !value.is_ascii() {
        return Err("value: expected ASCII".to_owned());
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| "value: contains a control character".to_owned())?;
    value.set_sensitive(true);
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn request(url: &str, key: &str, value: &str) -> Request {
        Request {
            url: url.to_owned(),
            file_name: "a.txt".to_owned(),
            authorizations: vec![(key.to_owned(), value.to_owned())],
        }
    }

    fn refusal(request: &Request) -> String {
        match request.check() {
            Err(FilesError::Invalid(reason)) => reason,
            Err(other) => other.to_string(),
            Ok(_) => "passed".to_owned(),
        }
    }

    #[test]
    fn takes_https_with_headers() {
        let checked = request("https://example.com/a?b=c", "Authorization", "Bearer x")
            .check()
            .unwrap();
        assert_eq!(checked.url.as_str(), "https://example.com/a?b=c");
        assert_eq!(checked.headers.len(), 1);
        request("https://example.com", "X-Api-Key", "").check().unwrap();
    }

    #[test]
    fn refuses_other_urls() {
        for url in [
            "http://example.com/a",
            "ftp://example.com/a",
            "file:///etc/passwd",
            "data:text/plain,a",
            "//example.com/a",
            "example.com/a",
            "",
            "https://",
            "https://user:password@example.com/",
            "https://user@example.com/",
            &format!("https://example.com/{}", "a".repeat(MAX_URL)),
        ] {
            assert!(refusal(&request(url, "X-A", "b")).starts_with("url: "), "{url}");
        }
    }

    #[test]
    fn refuses_headers_that_are_not_an_apps() {
        for key in
            REFUSED
                .iter()
                .copied()
                .chain(["Host", "Proxy-Authorization", "COOKIE", "", "a b", "a:b", "ä", "a\r\nb"])
        {
            let reason = refusal(&request("https://example.com/", key, "b"));
            assert!(reason.starts_with("authorizations[0].key: "), "{key}: {reason}");
        }
        for value in [
            "a\r\nHost: evil",
            "a\0",
            "ä",
            "a\u{7f}",
            &"a".repeat(MAX_AUTHORIZATION_VALUE + 1),
        ] {
            let reason = refusal(&request("https://example.com/", "X-A", value));
            assert!(reason.starts_with("authorizations[0].value: "), "{value:?}: {reason}");
        }
        let mut many = request("https://example.com/", "X-A", "b");
        many.authorizations = vec![("X-A".to_owned(), "b".to_owned()); MAX_AUTHORIZATIONS + 1];
        assert!(refusal(&many).starts_with("authorizations: "));
    }

    #[test]
    fn shows_no_secret() {
        let shown = format!("{:?}", request("https://example.com/a?token=secret", "X-A", "hidden"));
        assert!(
            shown.contains("example.com") && !shown.contains("secret") && !shown.contains("hidden"),
            "{shown}"
        );
    }
}
