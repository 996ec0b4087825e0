//! Messages encrypted to a public key: ECIES in the layout of bridge 3.
//!
//! ```text
//! IV(16) | 02CA | 0020 | X(32) | 0020 | Y(32) | AES-256-CBC/PKCS7 | HMAC-SHA256(32)
//! ```
//!
//! `02CA` stands for secp256k1, `X` and `Y` are a key pair's public point that exists for this message alone; every number
//! is big endian. The keys of cipher and MAC are the halves of SHA-512 over the x coordinate of the shared point. The MAC
//! covers all bytes before it and is looked at before anything is decrypted.

use aes::Aes256;
use bitcoin::secp256k1::PublicKey;
use bitcoin::secp256k1::ecdh::shared_secret_point;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256, Sha512};
use zeroize::Zeroizing;

use crate::KeysError;
use crate::secret::{Secret, random};

/// Longest encrypted message in bytes that is made or opened.
pub const CIPHERTEXT_BYTES: usize = 2 * 1024 * 1024;

/// Longest message in bytes that can be encrypted: what [`CIPHERTEXT_BYTES`] leave beside the rest of the layout.
pub const MESSAGE_BYTES: usize = CIPHERTEXT_BYTES - HEADER - MAC - BLOCK;

/// secp256k1 in the registry of curves that OpenSSL keeps.
const CURVE: u16 = 0x02ca;
/// Bytes of a coordinate.
const COORDINATE: usize = 32;
/// Bytes of the cipher's block, and of the initialisation vector.
const BLOCK: usize = 16;
/// Bytes of the MAC.
const MAC: usize = 32;
/// Bytes before the encrypted text, as written here.
const HEADER: usize = BLOCK + 2 + 2 * (2 + COORDINATE);

/// Said of everything that only the owner of the key can find out, so that nobody learns which it was.
const REFUSED: KeysError = KeysError::Ciphertext("it is for another account, or it was changed");

/// Encrypts a message to the owner of this key.
pub(crate) fn encrypt(to: &PublicKey, message: &[u8]) -> Result<Vec<u8>, KeysError> {
    let once = Secret::generate()?;
    let mut iv = [0; BLOCK];
    random(&mut iv)?;
    encrypt_with(to, message, &once, &iv)
}

/// The same with what is otherwise random.
fn encrypt_with(to: &PublicKey, message: &[u8], once: &Secret, iv: &[u8; BLOCK]) -> Result<Vec<u8>, KeysError> {
    if message.len() > MESSAGE_BYTES {
        return Err(KeysError::MessageLength(MESSAGE_BYTES));
    }
    let keys = Keys::agree(to, once)?;
    let point = once.public_key().inner.serialize_uncompressed();
    let (coordinates, _) = point.split_at(1).1.as_chunks::<COORDINATE>();

    let mut bytes = Vec::with_capacity(HEADER + message.len() + BLOCK + MAC);
    bytes.extend(iv);
    bytes.extend(CURVE.to_be_bytes());
    for coordinate in coordinates {
        bytes.extend((COORDINATE as u16).to_be_bytes());
        bytes.extend(coordinate);
    }
    let cipher = cbc::Encryptor::<Aes256>::new((&*keys.cipher).into(), iv.into());
    bytes.extend(cipher.encrypt_padded_vec::<Pkcs7>(message));
    let tag = keys.mac.chain_update(&bytes).finalize();
    bytes.extend(tag.into_bytes());
    Ok(bytes)
}

/// Opens a message by the key that it was encrypted to.
pub(crate) fn decrypt(key: &Secret, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeysError> {
    let parts = Parts::read(bytes)?;
    let keys = Keys::agree(&parts.point, key)?;
    // Compared in constant time.
    keys.mac
        .chain_update(parts.covered)
        .verify_slice(parts.tag)
        .map_err(|_| REFUSED)?;
    let cipher = cbc::Decryptor::<Aes256>::new((&*keys.cipher).into(), parts.iv.into());
    let mut text = Zeroizing::new(parts.text.to_vec());
    let length = cipher.decrypt_padded::<Pkcs7>(&mut text).map_err(|_| REFUSED)?.len();
    text.truncate(length);
    Ok(text)
}

/// The two keys of one message.
struct Keys {
    cipher: Zeroizing<[u8; 32]>,
    mac: Hmac<Sha256>,
}

impl Keys {
    /// The same for both sides: the point of one and the secret of the other.
    fn agree(point: &PublicKey, secret: &Secret) -> Result<Self, KeysError> {
        let shared = Zeroizing::new(shared_secret_point(point, secret.expose()));
        let (x, _) = shared.split_at(COORDINATE);
        let keys: Zeroizing<[u8; 64]> = Zeroizing::new(Sha512::digest(x).into());
        let (cipher, mac) = keys.split_first_chunk().ok_or(KeysError::Derivation)?;
        Ok(Self {
            cipher: Zeroizing::new(*cipher),
            mac: Hmac::new_from_slice(mac).map_err(|_| KeysError::Derivation)?,
        })
    }
}

/// An encrypted message, taken apart.
struct Parts<'a> {
    iv: &'a [u8; BLOCK],
    point: PublicKey,
    text: &'a [u8],
    /// Everything that the MAC covers.
    covered: &'a [u8],
    tag: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, KeysError> {
        let cut = || KeysError::Ciphertext("it is cut off");
        if bytes.len() > CIPHERTEXT_BYTES {
            return Err(KeysError::Ciphertext("it is too long"));
        }
        let (covered, tag) = bytes.split_last_chunk::<MAC>().ok_or_else(cut)?;
        let (iv, rest) = covered.split_first_chunk::<BLOCK>().ok_or_else(cut)?;
        let (curve, rest) = number(rest).ok_or_else(cut)?;
        if curve != CURVE {
            return Err(KeysError::Ciphertext("it is not of the curve secp256k1"));
        }
        // The uncompressed form of a point: 4, x, y.
        let mut point = [4; 1 + 2 * COORDINATE];
        let (places, _) = point.split_at_mut(1).1.as_chunks_mut::<COORDINATE>();
        let mut rest = rest;
        for place in places {
            rest = coordinate(rest, place)?;
        }
        if rest.is_empty() || rest.len() % BLOCK != 0 {
            return Err(cut());
        }
        let point =
            PublicKey::from_slice(&point).map_err(|_| KeysError::Ciphertext("its point is not on the curve"))?;
        Ok(Self {
            iv,
            point,
            text: rest,
            covered,
            tag,
        })
    }
}

/// Reads a number of two bytes; gives it and what follows.
fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u16::from_be_bytes(*number), rest))
}

/// Reads a coordinate into its place; one shorter than 32 bytes has zeros before it. Gives what follows.
fn coordinate<'a>(bytes: &'a [u8], place: &mut [u8; COORDINATE]) -> Result<&'a [u8], KeysError> {
    let cut = || KeysError::Ciphertext("it is cut off");
    let (length, rest) = number(bytes).ok_or_else(cut)?;
    let length = usize::from(length);
    if !(1..=COORDINATE).contains(&length) {
        return Err(KeysError::Ciphertext("a coordinate of its point has 1 to 32 bytes"));
    }
    let (digits, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
    let (zeros, end) = place.split_at_mut(COORDINATE - length);
    zeros.fill(0);
    end.copy_from_slice(digits);
    Ok(rest)
}

#[cfg(test)]
#[path = "ecies_tests.rs"]
mod tests;
