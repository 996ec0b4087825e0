//! How records and enumerations are written.

/// Declares a struct that goes over the wire, together with its [`Shape`](crate::wire::Shape).
///
/// A member's name on the wire stands behind its name in Rust where the two differ. The documentation comments are what
/// readers of the reference and of the TypeScript types see.
macro_rules! record {
    ($(
        $(#[doc = $doc:literal])+
        pub struct $name:ident {
            $( $(#[doc = $field_doc:literal])+ $field:ident $($wire:literal)? : $type:ty, )*
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

pub(crate) use {choice, record, wire_name};
