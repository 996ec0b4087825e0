//! A copy that is made of bytes as they come.

use std::io::Write as _;
use std::path::Path;

use aead_stream::EncryptorBE32;
use chacha20poly1305::XChaCha20Poly1305;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::{BEGUN, BLOCK, Copy, LARGEST, NAME};
use crate::{Code, Failure, Outcome};

/// A copy under way. What is written is encrypted; it is gone when dropped.
pub(super) struct Sealing {
    file: NamedTempFile,
    key: Zeroizing<[u8; 32]>,
    stream: EncryptorBE32<XChaCha20Poly1305>,
    hash: Sha256,
    seal: blake3::Hasher,
    size: u64,
    /// What is not encrypted yet: at most a block, since the last one is encrypted in another way.
    block: Zeroizing<Vec<u8>>,
}

impl Sealing {
    /// Begins a copy with a fresh key.
    ///
    /// # Errors
    /// 700 if nothing can be written there.
    pub(super) fn begin(folder: &Path) -> Outcome<Self> {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
        let file = tempfile::Builder::new()
            .prefix(BEGUN)
            .tempfile_in(folder)
            .map_err(unwritable)?;
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice()).map_err(unwritable)?;
        Ok(Self {
            stream: EncryptorBE32::new((&*key).into(), &Default::default()),
            file,
            key,
            hash: Sha256::new(),
            seal: blake3::Hasher::new(),
            size: 0,
            block: Zeroizing::new(Vec::with_capacity(BLOCK)),
        })
    }

    /// Bytes that came.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// 20067 if it becomes larger than 1 GiB; 700 if it cannot be written.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Outcome<()> {
        self.size += bytes.len() as u64;
        if self.size > LARGEST {
            return Err(Code::FILE_LARGE.into());
        }
        self.hash.update(bytes);
        while !bytes.is_empty() {
            if self.block.len() == BLOCK {
                let sealed = self.stream.encrypt_next(self.block.as_slice()).map_err(failed)?;
                self.put(&sealed)?;
                self.block.clear();
            }
            let (head, tail) = bytes.split_at(bytes.len().min(BLOCK - self.block.len()));
            self.block.extend_from_slice(head);
            bytes = tail;
        }
        Ok(())
    }

    fn put(&mut self, sealed: &[u8]) -> Outcome<()> {
        self.seal.update(sealed);
        self.file.write_all(sealed).map_err(unwritable)
    }

    /// Ends it: all is on the disk.
    ///
    /// # Errors
    /// 20066 if nothing came; 700 if it cannot be written.
    pub(super) fn finish(mut self, name: &str) -> Outcome<Copy> {
        if self.size == 0 {
            return Err(Code::FILE_EMPTY.into());
        }
        let sealed = self.stream.encrypt_last(self.block.as_slice()).map_err(failed)?;
        self.seal.update(&sealed);
        self.file.write_all(&sealed).map_err(unwritable)?;
        self.file.as_file().sync_all().map_err(unwritable)?;
        Ok(Copy {
            file: self.file,
            key: self.key,
            name: name.chars().take(NAME).collect(),
            size: self.size,
            hash: hex::encode(self.hash.finalize()),
            sealed: self.seal.finalize().to_hex().to_string(),
        })
    }
}

fn unwritable(error: impl std::fmt::Display) -> Failure {
    Failure::with(Code::EXCEPTION, error.to_string())
}

fn failed(_: aead_stream::aead::Error) -> Failure {
    Failure::with(Code::EXCEPTION, "a file could not be encrypted")
}
