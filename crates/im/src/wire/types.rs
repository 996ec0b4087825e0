//! Values with rules of their own: text that must not be empty, passwords, lists without duplicates.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::shape::{Shape, Shaped};

/// Text that must not be empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub String);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Shaped for Text {
    fn shape() -> Shape {
        Shape::Text {
            empty: false,
            values: &[],
        }
    }
}

/// A password or another secret text, wiped when dropped and never printed. Must not be empty.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Shaped for Secret {
    fn shape() -> Shape {
        Shape::Text {
            empty: false,
            values: &[],
        }
    }
}

/// An array with at least one element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Filled<T>(pub Vec<T>);

impl<T: Shaped> Shaped for Filled<T> {
    fn shape() -> Shape {
        Shape::List {
            of: Box::new(T::shape()),
            empty: false,
            unique: false,
        }
    }
}

/// An array with at least one element and none twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Distinct<T>(pub Vec<T>);

impl<T: Shaped> Shaped for Distinct<T> {
    fn shape() -> Shape {
        Shape::List {
            of: Box::new(T::shape()),
            empty: false,
            unique: true,
        }
    }
}

/// A value that may also be written as a string of JSON; answers carry the value itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T: Shaped> Shaped for Json<T> {
    fn shape() -> Shape {
        Shape::Json(Box::new(T::shape()))
    }
}

/// An array that is always empty: the answer of routes that only say that something was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Nothing;

impl Serialize for Nothing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Vec::<()>::new().serialize(serializer)
    }
}

impl Shaped for Nothing {
    fn shape() -> Shape {
        Shape::List {
            of: Box::new(Shape::Anything),
            empty: true,
            unique: false,
        }
    }
}
