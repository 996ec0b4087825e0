//! JSON as it is signed: a tree that keeps every number as written, and the text that Python's
//! `json.dumps(obj, sort_keys=True)` makes of it (`package.md`, signed text).
//!
//! The reader is stricter than JSON: a duplicate key, `NaN`, a lone surrogate, and anything beyond
//! [`MAX_DEPTH`] or [`MAX_VALUES`] is refused, so that no two readers can disagree about what was signed. The
//! grammar itself is `serde_json`'s.
//!
//! A number is written back exactly as it was read. Python writes the same for every number that Python
//! itself wrote; a spelling that Python never produces (`1E2`, `-0`) stays as the signer spelled it.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::limits::{MAX_DEPTH, MAX_LIST, MAX_VALUES};

/// The members of an object, in the order in which they are signed: by code point.
pub type Object = BTreeMap<String, Value>;

/// One JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as written.
    Number(Number),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

/// A JSON number, kept as the text it was written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(Box<str>);

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CanonicalError {
    /// Not JSON.
    #[error("not valid JSON: {0}")]
    Syntax(String),
    /// An object names the same key twice.
    #[error("the key {0:?} appears twice in one object")]
    DuplicateKey(String),
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// More than [`MAX_VALUES`] values.
    #[error("more than {MAX_VALUES} values")]
    TooManyValues,
    /// Longer than [`MAX_LIST`].
    #[error("longer than {MAX_LIST} bytes")]
    TooLong,
}

/// Reads one JSON text.
///
/// # Errors
/// See [`CanonicalError`].
pub fn parse(text: &[u8]) -> Result<Value, CanonicalError> {
    if text.len() as u64 > MAX_LIST {
        return Err(CanonicalError::TooLong);
    }
    let raw: &RawValue = serde_json::from_slice(text).map_err(syntax)?;
    let mut left = MAX_VALUES;
    convert(raw, MAX_DEPTH, &mut left)
}

impl Value {
    /// The text that is signed: what Python's `json.dumps(value, sort_keys=True)` writes.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        write(&mut out, self, Layout::OneLine);
        out
    }

    /// The same value for a file that people read: what Python's `json.dumps(value, indent=1, sort_keys=True)` writes.
    #[must_use]
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        write(&mut out, self, Layout::Indented(0));
        out
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a number that is written as an integer and fits 64 bits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// What kind of value this is, for error messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Number(number.to_string().into()))
    }
}

impl Number {
    /// The number as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its value, when it is written as an integer and fits 64 bits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }
}

fn syntax(error: serde_json::Error) -> CanonicalError {
    CanonicalError::Syntax(error.to_string())
}

/// Turns a syntactically valid value into a tree, one level at a time: `serde_json` skims over what lies deeper without
/// recursion, so that depth costs neither stack nor trust.
fn convert(raw: &RawValue, levels: usize, left: &mut usize) -> Result<Value, CanonicalError> {
    *left = left.checked_sub(1).ok_or(CanonicalError::TooManyValues)?;
    let text = raw.get();
    let levels_below = || levels.checked_sub(1).ok_or(CanonicalError::TooDeep);
    Ok(match text.as_bytes().first() {
        Some(b'{') => {
            let below = levels_below()?;
            let mut object = Object::new();
            for (key, member) in serde_json::from_str::<Members<'_>>(text).map_err(syntax)?.0 {
                let member = convert(member, below, left)?;
                if let Some(_earlier) = object.insert(key.clone(), member) {
                    return Err(CanonicalError::DuplicateKey(key));
                }
            }
            Value::Object(object)
        }
        Some(b'[') => {
            let below = levels_below()?;
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(syntax)?;
            Value::Array(
                items
                    .into_iter()
                    .map(|item| convert(item, below, left))
                    .collect::<Result<_, _>>()?,
            )
        }
        Some(b'"') => Value::String(serde_json::from_str(text).map_err(syntax)?),
        Some(b'n') => Value::Null,
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        _ => Value::Number(Number(text.into())),
    })
}

/// The members of one object in the order of the text, duplicates included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    if members.len() >= MAX_VALUES {
                        return Err(de::Error::custom(CanonicalError::TooManyValues));
                    }
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// How the writer separates members.
#[derive(Clone, Copy)]
enum Layout {
    OneLine,
    /// One member a line, indented by this many spaces plus one.
    Indented(usize),
}

impl Layout {
    fn inside(self) -> Self {
        match self {
            Self::OneLine => Self::OneLine,
            Self::Indented(by) => Self::Indented(by + 1),
        }
    }

    fn before_member(self, out: &mut String, first: bool) {
        match self {
            Self::OneLine if first => {}
            Self::OneLine => out.push_str(", "),
            Self::Indented(by) => {
                out.push_str(if first { "\n" } else { ",\n" });
                out.extend(std::iter::repeat_n(' ', by + 1));
            }
        }
    }

    fn before_end(self, out: &mut String, empty: bool) {
        if let (Self::Indented(by), false) = (self, empty) {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', by));
        }
    }
}

fn write(out: &mut String, value: &Value, layout: Layout) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(number.as_str()),
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                layout.before_member(out, index == 0);
                write(out, item, layout.inside());
            }
            layout.before_end(out, items.is_empty());
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                layout.before_member(out, index == 0);
                write_string(out, key);
                out.push_str(": ");
                write(out, member, layout.inside());
            }
            layout.before_end(out, members.is_empty());
            out.push('}');
        }
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    // Writing to a `String` cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn canonical(text: &str) -> String {
        parse(text.as_bytes()).unwrap().canonical()
    }

    #[test]
    fn sorts_by_code_point_and_escapes_like_python() {
        assert_eq!(
            canonical("{\"\u{1F600}\":1,\"\u{FB00}\":2,\"b\":[],\"a\":{},\"A\":[1, 2]}"),
            "{\"A\": [1, 2], \"a\": {}, \"b\": [], \"\\ufb00\": 2, \"\\ud83d\\ude00\": 1}"
        );
        assert_eq!(
            canonical("\"\\u007f\\u001f\\/\\b\\f\\n\\r\\t\\\\\\\"é\""),
            "\"\\u007f\\u001f/\\b\\f\\n\\r\\t\\\\\\\"\\u00e9\""
        );
    }

    #[test]
    fn numbers_stay_as_written() {
        for number in [
            "0",
            "-0",
            "1.0",
            "1E2",
            "1e-07",
            "123456789012345678901234567890",
            "0.1000",
        ] {
            assert_eq!(canonical(number), number);
        }
        assert_eq!(parse(b"12").unwrap().as_i64(), Some(12));
        assert_eq!(parse(b"12.0").unwrap().as_i64(), None);
        assert_eq!(parse(b"99999999999999999999").unwrap().as_i64(), None);
    }

    #[test]
    fn refuses_what_readers_disagree_about() {
        let twice = |text: &str| matches!(parse(text.as_bytes()), Err(CanonicalError::DuplicateKey(_)));
        assert!(twice(r#"{"a":1,"a":1}"#));
        assert!(twice(r#"{"a":1,"\u0061":2}"#));
        assert!(twice(r#"[{"x":{"a":1,"b":2,"a":3}}]"#));
        for bad in [
            "",
            " ",
            "NaN",
            "[NaN]",
            "Infinity",
            "-Infinity",
            "{\"a\":NaN}",
            "01",
            "1.",
            ".5",
            "+1",
            "-",
            "1e",
            "0x10",
            "{a:1}",
            "{'a':1}",
            "[1,]",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "[1 2]",
            "1 2",
            "{}{}",
            "\"\\ud800\"",
            "\"\\udc00\"",
            "\"\\ud800\\u0041\"",
            "\"\\x41\"",
            "\"a\nb\"",
            "\"",
            "tru",
            "\u{feff}{}",
            "{\"\\ud800\":1}",
            "[\"\\ud83d\"]",
            "// c\n{}",
        ] {
            assert!(
                matches!(parse(bad.as_bytes()), Err(CanonicalError::Syntax(_))),
                "{bad:?}"
            );
        }
        assert!(matches!(parse(b"\"\xff\""), Err(CanonicalError::Syntax(_))));
        assert!(
            matches!(parse(b"\"\xed\xa0\x80\""), Err(CanonicalError::Syntax(_))),
            "a surrogate in UTF-8"
        );
    }

    #[test]
    fn bounds_depth_count_and_length() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(parse(nested(MAX_DEPTH + 1).as_bytes()), Err(CanonicalError::TooDeep));
        assert_eq!(parse(nested(500_000).as_bytes()), Err(CanonicalError::TooDeep));
        let objects = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        assert_eq!(parse(objects.as_bytes()), Err(CanonicalError::TooDeep));

        let many = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert_eq!(parse(many.as_bytes()), Err(CanonicalError::TooManyValues));
        let long = format!("\"{}\"", "a".repeat(MAX_LIST as usize));
        assert_eq!(parse(long.as_bytes()), Err(CanonicalError::TooLong));
    }

    #[test]
    fn pretty_is_readable_and_means_the_same() {
        let value = parse(br#"{"b":[],"a":{"d":[1,"x"],"c":{}}}"#).unwrap();
        assert_eq!(
            value.pretty(),
            "{\n \"a\": {\n  \"c\": {},\n  \"d\": [\n   1,\n   \"x\"\n  ]\n },\n \"b\": []\n}"
        );
        assert_eq!(parse(value.pretty().as_bytes()).unwrap(), value);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::String),
        ];
        leaf.prop_recursive(5, 60, 8, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
                proptest::collection::btree_map(any::<String>(), inner, 0..8).prop_map(Value::Object),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in any_value()) {
            let text = value.canonical();
            prop_assert!(text.bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
            prop_assert_eq!(parse(text.as_bytes()).unwrap(), value.clone());
            prop_assert_eq!(parse(value.pretty().as_bytes()).unwrap(), value);
        }

        #[test]
        fn agrees_with_serde_json_about_what_is_json(text in "[\\[\\]{}:,\"a0-9.eE+ truefalsn\\\\-]{0,24}") {
            // One direction only: this reader also refuses duplicate keys.
            if parse(text.as_bytes()).is_ok() {
                prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
            }
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
