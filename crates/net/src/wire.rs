//! Frames: a length of four bytes, big-endian, and that many bytes of postcard.
//!
//! The length is looked at before anything is read or reserved, and what is decoded must be all of it. Whoever reads names the
//! longest frame that makes sense where it stands.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::NetError;

/// Encodes a frame with its length.
///
/// # Errors
/// [`NetError::Protocol`] if it would be longer than four bytes can say.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, NetError> {
    let unencodable = |_| NetError::Protocol("a frame that cannot be encoded");
    let mut bytes = postcard::to_extend(value, vec![0; 4]).map_err(unencodable)?;
    let length = u32::try_from(bytes.len() - 4).map_err(|_| NetError::Protocol("a frame that is too long"))?;
    if let Some(head) = bytes.first_chunk_mut::<4>() {
        *head = length.to_be_bytes();
    }
    Ok(bytes)
}

/// Decodes what a frame contains, without its length. All bytes must belong to it.
///
/// # Errors
/// [`NetError::Protocol`].
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, NetError> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(NetError::Protocol("bytes after a frame's end")),
        Err(_) => Err(NetError::Protocol("a frame of no known form")),
    }
}

/// Writes a frame.
///
/// # Errors
/// Those of encoding, and [`NetError::Lost`].
pub async fn write<T: Serialize>(stream: &mut (impl AsyncWrite + Unpin), value: &T) -> Result<(), NetError> {
    let bytes = encode(value)?;
    stream
        .write_all(&bytes)
        .await
        .map_err(|error| NetError::Lost(error.to_string()))
}

/// Reads a frame of at most `longest` bytes; `None` if the stream ended before it began. How long that may take is for the
/// caller to say.
///
/// # Errors
/// [`NetError::Protocol`] for frames that are too long, cut off or of no known form, [`NetError::Lost`].
pub async fn read<T: DeserializeOwned>(
    stream: &mut (impl AsyncRead + Unpin),
    longest: usize,
) -> Result<Option<T>, NetError> {
    match read_length(stream, longest).await? {
        None => Ok(None),
        Some(length) => decode(&read_body(stream, length).await?).map(Some),
    }
}

/// Reads the length in front of a frame, so that the caller can make room for the rest; `None` if the stream ended before it.
///
/// # Errors
/// [`NetError::Protocol`] for frames that are longer than `longest` or cut off, [`NetError::Lost`].
pub async fn read_length(stream: &mut (impl AsyncRead + Unpin), longest: usize) -> Result<Option<usize>, NetError> {
    let mut head = [0; 4];
    let mut filled = 0;
    while let Some(rest) = head.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match stream.read(rest).await.map_err(lost)? {
            0 if filled == 0 => return Ok(None),
            0 => return Err(NetError::Protocol("a frame that was cut off")),
            more => filled += more,
        }
    }
    let length = usize::try_from(u32::from_be_bytes(head)).unwrap_or(usize::MAX);
    if length > longest {
        return Err(NetError::Protocol("a frame that is too long"));
    }
    Ok(Some(length))
}

/// Reads what follows the length of a frame. Memory follows what arrives, not what was announced.
///
/// # Errors
/// [`NetError::Protocol`] if it is cut off, [`NetError::Lost`].
pub async fn read_body(stream: &mut (impl AsyncRead + Unpin), length: usize) -> Result<Vec<u8>, NetError> {
    let mut bytes = Vec::with_capacity(length.min(64 * 1024));
    stream.take(length as u64).read_to_end(&mut bytes).await.map_err(lost)?;
    if bytes.len() < length {
        return Err(NetError::Protocol("a frame that was cut off"));
    }
    Ok(bytes)
}

fn lost(error: std::io::Error) -> NetError {
    NetError::Lost(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_is_read() {
        let sent = (7_u64, "text".to_owned(), vec![1_u8; 100_000]);
        let bytes = encode(&sent).unwrap();
        let mut stream = bytes.as_slice();
        let got: (u64, String, Vec<u8>) = read(&mut stream, bytes.len()).await.unwrap().unwrap();
        assert_eq!(got, sent);
        assert!(read::<u64>(&mut stream, 10).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn frames_that_are_cut_off_too_long_or_followed_by_more_are_refused() {
        let bytes = encode(&vec![1_u8; 50]).unwrap();
        for cut in 1..bytes.len() {
            let mut stream = bytes.get(..cut).unwrap();
            assert!(read::<Vec<u8>>(&mut stream, 100).await.is_err(), "{cut}");
        }
        let mut stream = bytes.as_slice();
        assert!(read::<Vec<u8>>(&mut stream, 50).await.is_err());
        let mut longer = bytes.clone();
        longer.push(0);
        longer[3] += 1;
        assert!(read::<Vec<u8>>(&mut longer.as_slice(), 100).await.is_err());
    }

    #[tokio::test]
    async fn an_announced_gigabyte_takes_no_memory() {
        let mut bytes = u32::MAX.to_be_bytes().to_vec();
        bytes.push(1);
        assert!(read::<Vec<u8>>(&mut bytes.as_slice(), usize::MAX).await.is_err());
    }
}
