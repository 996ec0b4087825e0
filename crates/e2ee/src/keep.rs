//! Where the state lies: small blobs by name, in a store of the caller's.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::E2eeError;
use crate::wire::hex;

/// A store of small blobs, one for each user and device.
///
/// Everything that [`Machine`](crate::Machine) remembers lies here, so whoever discards what one call wrote is where he
/// was before it. The blobs contain private keys: the store must be readable by its owner alone. Names are ASCII of at
/// most 160 characters. Nearly all blobs are below 4 KiB; none is above 1 MiB.
pub trait Keep {
    /// What the store can fail with.
    type Error: Error + Send + Sync + 'static;

    /// The blob of this name, `None` if there is none.
    ///
    /// # Errors
    /// The store's own.
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Self::Error>;

    /// Keeps a blob by this name, instead of the one before.
    ///
    /// # Errors
    /// The store's own.
    fn put(&mut self, name: &str, blob: &[u8]) -> Result<(), Self::Error>;

    /// Removes the blob of this name; that there is none is no error.
    ///
    /// # Errors
    /// The store's own.
    fn remove(&mut self, name: &str) -> Result<(), Self::Error>;
}

/// A store in memory. A clone is another store with the same blobs, so a copy taken before a call undoes it.
#[derive(Clone, Default)]
pub struct MemoryKeep(BTreeMap<String, Zeroizing<Vec<u8>>>);

impl Keep for MemoryKeep {
    type Error = Infallible;

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.get(name).map(|blob| blob.to_vec()))
    }

    fn put(&mut self, name: &str, blob: &[u8]) -> Result<(), Infallible> {
        self.0.insert(name.to_owned(), Zeroizing::new(blob.to_vec()));
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), Infallible> {
        self.0.remove(name);
        Ok(())
    }
}

impl IntoIterator for MemoryKeep {
    type Item = (String, Zeroizing<Vec<u8>>);
    type IntoIter = std::collections::btree_map::IntoIter<String, Zeroizing<Vec<u8>>>;

    /// All blobs with their names.
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl std::fmt::Debug for MemoryKeep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl PartialEq for MemoryKeep {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// The name of what is kept for a device, a group, or both.
pub(crate) fn name(kind: &str, of: &[&[u8; 32]]) -> String {
    let mut name = kind.to_owned();
    for id in of {
        name.push('/');
        name.push_str(&hex(*id));
    }
    name
}

/// Reads a value, `None` if there is none.
pub(crate) fn load<T: DeserializeOwned, K: Keep>(keep: &K, name: &str) -> Result<Option<T>, E2eeError> {
    let Some(blob) = keep.get(name).map_err(E2eeError::keep)?.map(Zeroizing::new) else {
        return Ok(None);
    };
    postcard::from_bytes(&blob)
        .map(Some)
        .map_err(|_| E2eeError::Spoiled("a value cannot be read"))
}

/// Keeps a value.
pub(crate) fn save<T: Serialize, K: Keep>(keep: &mut K, name: &str, value: &T) -> Result<(), E2eeError> {
    let blob = postcard::to_extend(value, Vec::with_capacity(4096))
        .map(Zeroizing::new)
        .map_err(|_| E2eeError::Spoiled("a value cannot be written"))?;
    keep.put(name, &blob).map_err(E2eeError::keep)
}

/// Removes a value.
pub(crate) fn remove<K: Keep>(keep: &mut K, name: &str) -> Result<(), E2eeError> {
    keep.remove(name).map_err(E2eeError::keep)
}

/// A state of the ratchets' library, as it is kept. Wiped when dropped.
///
/// It is JSON, which that library reads across its versions.
pub(crate) struct Pickle(Zeroizing<Vec<u8>>);

impl Pickle {
    /// Writes a state.
    pub(crate) fn of<T: Serialize>(state: &T) -> Result<Self, E2eeError> {
        // Room enough that it seldom moves while it grows, which would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(8 * 1024));
        serde_json::to_writer(&mut *bytes, state).map_err(|_| E2eeError::Spoiled("a state cannot be written"))?;
        Ok(Self(bytes))
    }

    /// Reads the state.
    pub(crate) fn state<T: DeserializeOwned>(&self) -> Result<T, E2eeError> {
        serde_json::from_slice(&self.0).map_err(|_| E2eeError::Spoiled("a state cannot be read"))
    }
}

impl Serialize for Pickle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Pickle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <&[u8]>::deserialize(deserializer)?;
        Ok(Self(Zeroizing::new(bytes.to_vec())))
    }
}
