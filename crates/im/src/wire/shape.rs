//! What a value on the wire may look like, as data.
//!
//! Requests and answers are ordinary structs, written with [`record!`](crate::wire::record). Each knows its [`Shape`];
//! validation, the TypeScript client, the JSON Schema and the reference are all made from it.

/// What one JSON value may be.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A string; the values if only some are allowed.
    Text {
        /// Whether the empty string is allowed where the value is required.
        empty: bool,
        /// The allowed values, empty if there is no such limit.
        values: &'static [&'static str],
    },
    /// An integer of 64 bits, in requests also as decimal text; the values if only some are allowed.
    Integer {
        /// The allowed values, empty if there is no such limit.
        values: &'static [i64],
    },
    /// A truth value.
    Boolean,
    /// An array.
    List {
        /// What its elements are.
        of: Box<Shape>,
        /// Whether it may be empty where it is required.
        empty: bool,
        /// Whether no element may occur twice.
        unique: bool,
    },
    /// An object with known members. A function, since records name each other.
    Object(fn() -> Record),
    /// An object whose members all look alike, under names that are not known before.
    Map(Box<Shape>),
    /// An object of which nothing more is known.
    Anything,
    /// What stands inside, or the same as a string of JSON.
    Json(Box<Shape>),
}

/// An object with known members.
#[derive(Debug, Clone)]
pub struct Record {
    /// Name of the type, unique among all records.
    pub name: &'static str,
    /// What it is, in one or more sentences.
    pub doc: String,
    /// Its members, in their order.
    pub fields: Vec<Field>,
}

/// A member of a record.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name on the wire.
    pub name: &'static str,
    /// Another name that requests may use.
    pub also: Option<&'static str>,
    /// What it is.
    pub doc: String,
    /// Whether it must be there; one that is not required may also be null.
    pub required: bool,
    /// What its value may be.
    pub shape: Shape,
}

/// A type with a place on the wire.
pub trait Shaped {
    /// Whether a member of this type must be there.
    const REQUIRED: bool = true;

    /// What its values look like.
    fn shape() -> Shape;
}

impl Shaped for String {
    fn shape() -> Shape {
        Shape::Text {
            empty: true,
            values: &[],
        }
    }
}

impl Shaped for i64 {
    fn shape() -> Shape {
        Shape::Integer { values: &[] }
    }
}

impl Shaped for bool {
    fn shape() -> Shape {
        Shape::Boolean
    }
}

impl<T: Shaped> Shaped for Option<T> {
    const REQUIRED: bool = false;

    fn shape() -> Shape {
        T::shape()
    }
}

impl<T: Shaped> Shaped for Box<T> {
    const REQUIRED: bool = T::REQUIRED;

    fn shape() -> Shape {
        T::shape()
    }
}

impl<T: Shaped> Shaped for Vec<T> {
    fn shape() -> Shape {
        Shape::List {
            of: Box::new(T::shape()),
            empty: true,
            unique: false,
        }
    }
}

impl<T: Shaped> Shaped for std::collections::BTreeMap<String, T> {
    fn shape() -> Shape {
        Shape::Map(Box::new(T::shape()))
    }
}

impl Shaped for serde_json::Map<String, serde_json::Value> {
    fn shape() -> Shape {
        Shape::Anything
    }
}
