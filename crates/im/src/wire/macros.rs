//! How records and enumerations are written.

/// Declares a struct that goes over the wire, together with its [`Shape`](crate::wire::Shape).
///
/// A member's name on the wire stands behind its name in Rust where the two differ, and behind a `|` another name that
/// requests may use. The documentation comments are what
/// readers of the reference and of the TypeScript types see.
macro_rules! record {
    ($(
        $(#[doc = $doc:literal])+
        pub struct $name:ident {
            $( $(#[doc = $field_doc:literal])+ $field:ident $($wire:literal $(| $also:literal)?)? : $type:ty, )*
        }
    )+) => {$(
        $(#[doc = $doc])+
        #[allow(unreachable_pub, reason = "declared alike in private and in public modules")]
        #[derive(Debug, Clone, ::serde::Serialize, ::serde::Deserialize)]
        pub struct $name {
            $(
                $(#[doc = $field_doc])+
                $(#[serde(rename = $wire)])?
                pub $field: $type,
            )*
        }

        impl $crate::wire::Shaped for $name {
            fn shape() -> $crate::wire::Shape {
                fn record() -> $crate::wire::Record {
                    $crate::wire::Record {
                        name: stringify!($name),
                        doc: $crate::wire::paragraph(&[$($doc),+]),
                        fields: vec![$(
                            $crate::wire::Field {
                                name: $crate::wire::macros::wire_name!($field $($wire)?),
                                also: $crate::wire::macros::also!($($($also)?)?),
                                doc: $crate::wire::paragraph(&[$($field_doc),+]),
                                required: <$type as $crate::wire::Shaped>::REQUIRED,
                                shape: <$type as $crate::wire::Shaped>::shape(),
                            },
                        )*],
                    }
                }
                $crate::wire::Shape::Object(record)
            }
        }
    )+};
}

/// The name on the wire: the one given, else the one in Rust.
macro_rules! wire_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $wire:literal) => {
        $wire
    };
}

/// Another name that requests may use, if there is one.
macro_rules! also {
    () => {
        None
    };
    ($also:literal) => {
        Some($also)
    };
}

/// Declares numbers of which only some occur in answers, such as switches. Requests use [`choice!`] instead.
macro_rules! figure {
    ($( $(#[doc = $doc:literal])+ pub struct $name:ident = $($value:literal)|+; )+) => {$(
        $(#[doc = $doc])+
        #[allow(unreachable_pub, reason = "declared alike in private and in public modules")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $crate::wire::Shaped for $name {
            fn shape() -> $crate::wire::Shape {
                $crate::wire::Shape::Integer { values: &[$($value),+] }
            }
        }

        impl From<i64> for $name {
            fn from(value: i64) -> Self {
                Self(value)
            }
        }

        impl From<bool> for $name {
            fn from(value: bool) -> Self {
                Self(value.into())
            }
        }

        impl ::rusqlite::types::FromSql for $name {
            fn column_result(value: ::rusqlite::types::ValueRef<'_>) -> ::rusqlite::types::FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }
    )+};
}

/// Declares an enumeration whose values go over the wire as numbers (`: i64`) or words (`: str`).
macro_rules! choice {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident: i64 { $( $(#[doc = $value_doc:literal])+ $variant:ident = $value:literal, )+ }
    ) => {
        $(#[doc = $doc])+
        #[allow(unreachable_pub, reason = "declared alike in private and in public modules")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(try_from = "i64", into = "i64")]
        pub enum $name { $( $(#[doc = $value_doc])+ $variant, )+ }

        impl From<$name> for i64 {
            fn from(value: $name) -> Self {
                match value { $( $name::$variant => $value, )+ }
            }
        }

        impl TryFrom<i64> for $name {
            type Error = String;

            fn try_from(value: i64) -> Result<Self, String> {
                match value {
                    $( $value => Ok(Self::$variant), )+
                    _ => Err(format!("{value} is none of the allowed values")),
                }
            }
        }

        impl $crate::wire::Shaped for $name {
            fn shape() -> $crate::wire::Shape {
                $crate::wire::Shape::Integer { values: &[$($value),+] }
            }
        }
    };
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident: str { $( $(#[doc = $value_doc:literal])+ $variant:ident = $value:literal, )+ }
    ) => {
        $(#[doc = $doc])+
        #[allow(unreachable_pub, reason = "declared alike in private and in public modules")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $( $(#[doc = $value_doc])+ #[serde(rename = $value)] $variant, )+ }

        impl $crate::wire::Shaped for $name {
            fn shape() -> $crate::wire::Shape {
                $crate::wire::Shape::Text { empty: false, values: &[$($value),+] }
            }
        }
    };
}

pub(crate) use {also, choice, figure, record, wire_name};
