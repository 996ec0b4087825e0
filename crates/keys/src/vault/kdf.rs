//! From a password to a key: Argon2id.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::KeysError;

/// Bytes of salt, new for every password.
pub(crate) const SALT_LENGTH: usize = 16;

/// Most memory that a file may ask for: 1 GiB.
const MEMORY_LIMIT_KIB: u32 = 1024 * 1024;
/// Most passes that a file may ask for.
const ITERATIONS_LIMIT: u32 = 16;
/// Most lanes that a file may ask for.
const PARALLELISM_LIMIT: u32 = 16;

/// How slow a password is made. Kept in the file, so that later vaults can be slower than earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kdf {
    /// Memory in KiB.
    #[serde(rename = "memoryKiB")]
    pub(crate) memory_kib: u32,
    /// Passes over the memory.
    pub(crate) iterations: u32,
    /// Lanes; they are computed one after the other.
    pub(crate) parallelism: u32,
}

impl Kdf {
    /// What new passwords get: 64 MiB, three passes, one lane.
    pub(crate) const STANDARD: Self = Self {
        memory_kib: 64 * 1024,
        iterations: 3,
        parallelism: 1,
    };

    /// The cheapest that Argon2 permits, for tests and benchmarks.
    pub(crate) const CHEAP: Self = Self {
        memory_kib: 8,
        iterations: 1,
        parallelism: 1,
    };

    /// Whether these parameters are possible and bearable. They come from a file that anyone may have written.
    pub(crate) fn is_acceptable(&self) -> bool {
        (1..=PARALLELISM_LIMIT).contains(&self.parallelism)
            && (1..=ITERATIONS_LIMIT).contains(&self.iterations)
            && (8 * self.parallelism..=MEMORY_LIMIT_KIB).contains(&self.memory_kib)
    }

    /// The key of a password, composed (NFC) and in UTF-8.
    pub(crate) fn key(&self, password: &str, salt: &[u8; SALT_LENGTH]) -> Result<Zeroizing<[u8; 32]>, KeysError> {
        let refused = |_| KeysError::VaultCorrupt("its key derivation is impossible");
        let mut key = Zeroizing::new([0; 32]);
        let params =
            Params::new(self.memory_kib, self.iterations, self.parallelism, Some(key.len())).map_err(refused)?;

        // Composing never makes a text longer than three times its bytes; growing would leave a copy behind.
        let mut composed = Zeroizing::new(String::with_capacity(3 * password.len()));
        composed.extend(password.nfc());

        let mut memory: Zeroizing<Vec<Block>> = Zeroizing::new(Vec::new());
        memory
            .try_reserve_exact(params.block_count())
            .map_err(|_| KeysError::OutOfMemory)?;
        memory.resize(params.block_count(), Block::default());

        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(composed.as_bytes(), salt, key.as_mut_slice(), memory.as_mut_slice())
            .map_err(refused)?;
        Ok(key)
    }
}
