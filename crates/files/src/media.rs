//! Which kind of picture or video a content is. The signature alone does not do: the content must be built like its kind
//! from the first byte to its end mark, so that nothing else poses as one and nothing that was cut off passes.

use std::io::{self, Read, Seek, SeekFrom};

use crate::limits::MAX_BOXES;

/// A kind of picture or video that is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Png,
    Gif,
    Jpeg,
    Mp4,
    Mov,
}

impl Kind {
    /// The ending of file names.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Jpeg => "jpg",
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
        }
    }
}

/// The kind of a whole picture, or why it is none.
pub(crate) fn image(bytes: &[u8]) -> Result<Kind, &'static str> {
    let mut rest = Rest(bytes);
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        rest.skip(8)
            .and_then(|()| png(&mut rest))
            .map(|()| Kind::Png)
            .ok_or("a damaged or cut-off PNG")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        rest.skip(2)
            .and_then(|()| jpeg(&mut rest))
            .map(|()| Kind::Jpeg)
            .ok_or("a damaged or cut-off JPEG")
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        rest.skip(6)
            .and_then(|()| gif(&mut rest))
            .map(|()| Kind::Gif)
            .ok_or("a damaged or cut-off GIF")
    } else {
        Err("neither a PNG nor a GIF nor a JPEG")
    }
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.take(count).map(drop)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }
}

/// Chunks from `IHDR` over `IDAT` to `IEND`.
fn png(rest: &mut Rest<'_>) -> Option<()> {
    let mut has_data = false;
    let mut is_first = true;
    loop {
        let length = usize::try_from(u32::from_be_bytes(rest.array()?)).ok()?;
        let kind: [u8; 4] = rest.array()?;
        let mut body = Rest(rest.take(length)?);
        rest.skip(4)?;
        if is_first {
            let width = u32::from_be_bytes(body.array()?);
            let height = u32::from_be_bytes(body.array()?);
            if &kind != b"IHDR" || length != 13 || width == 0 || height == 0 {
                return None;
            }
        }
        is_first = false;
        match &kind {
            b"IDAT" => has_data = true,
            b"IEND" => return has_data.then_some(()),
            _ => {}
        }
    }
}

/// Segments with a frame and a scan, up to the end mark.
fn jpeg(rest: &mut Rest<'_>) -> Option<()> {
    let (mut has_frame, mut has_scan) = (false, false);
    loop {
        if rest.byte()? != 0xff {
            return None;
        }
        let mut marker = rest.byte()?;
        while marker == 0xff {
            marker = rest.byte()?;
        }
        match marker {
            0xd9 => return (has_frame && has_scan).then_some(()),
            0x00 | 0x01 | 0xd0..=0xd8 => return None,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(rest.array()?));
        rest.skip(length.checked_sub(2)?)?;
        match marker {
            0xc4 | 0xc8 | 0xcc => {}
            0xc0..=0xcf => has_frame = true,
            0xda => {
                has_scan = true;
                skip_scan(rest)?;
            }
            _ => {}
        }
    }
}

/// To the mark behind the compressed data of a scan, in which 0xff is followed by 0 or is a restart.
fn skip_scan(rest: &mut Rest<'_>) -> Option<()> {
    loop {
        let at = rest.0.iter().position(|byte| *byte == 0xff)?;
        rest.skip(at)?;
        match rest.0.get(1)? {
            0x00 | 0xd0..=0xd7 => rest.skip(2)?,
            0xff => rest.skip(1)?,
            _ => return Some(()),
        }
    }
}

/// Blocks with a picture, up to the trailer.
fn gif(rest: &mut Rest<'_>) -> Option<()> {
    let [w0, w1, h0, h1, flags, _, _] = rest.array()?;
    if [w0, w1] == [0, 0] || [h0, h1] == [0, 0] {
        return None;
    }
    skip_colours(rest, flags)?;
    let mut has_picture = false;
    loop {
        match rest.byte()? {
            0x21 => rest.skip(1)?,
            0x2c => {
                let [.., flags] = rest.array::<9>()?;
                skip_colours(rest, flags)?;
                rest.skip(1)?;
                has_picture = true;
            }
            0x3b => return has_picture.then_some(()),
            _ => return None,
        }
        loop {
            match rest.byte()? {
                0 => break,
                length => rest.skip(length.into())?,
            }
        }
    }
}

fn skip_colours(rest: &mut Rest<'_>, flags: u8) -> Option<()> {
    if flags & 0x80 == 0 {
        return Some(());
    }
    rest.skip(3 << ((flags & 7) + 1))
}

/// What MP4 files name themselves. QuickTime's own is [`QUICKTIME`].
const BRANDS: [&[u8; 4]; 18] = [
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"mp71",
    b"avc1", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"dash",
];

const QUICKTIME: &[u8; 4] = b"qt  ";

/// How a QuickTime file from before brands may begin.
const UNBRANDED: [&[u8; 4]; 6] = [b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"];

/// Largest `ftyp` box that is looked at, in bytes.
const MAX_BRANDS: u64 = 4096;

/// The kind of a whole video, or why it is none: boxes that cover the file exactly, with `moov` and `mdat` among them
/// (ISO 14496-12).
pub(crate) fn video(content: &mut (impl Read + Seek)) -> io::Result<Result<Kind, &'static str>> {
    let end = content.seek(SeekFrom::End(0))?;
    let mut at = content.seek(SeekFrom::Start(0))?;
    let mut kind = None;
    let (mut has_index, mut has_data) = (false, false);
    for _ in 0..MAX_BOXES {
        if at == end {
            return Ok(match kind {
                Some(kind) if has_index && has_data => Ok(kind),
                _ => Err("a video without its index (moov) or its data (mdat)"),
            });
        }
        let Some(found) = read_box(content, at, end)? else {
            return Ok(Err(match kind {
                Some(_) => "a damaged or cut-off video",
                None => "neither an MP4 nor a MOV",
            }));
        };
        if kind.is_none() {
            kind = first_kind(content, &found)?;
            if kind.is_none() {
                return Ok(Err("neither an MP4 nor a MOV"));
            }
        }
        has_index |= &found.kind == b"moov";
        has_data |= &found.kind == b"mdat";
        at = found.end;
    }
    Ok(Err("a video of too many parts"))
}

struct Part {
    kind: [u8; 4],
    /// Where its content begins and ends in the file.
    content: u64,
    end: u64,
}

/// The box at `at`, unless it is damaged or reaches beyond `end`.
fn read_box(content: &mut (impl Read + Seek), at: u64, end: u64) -> io::Result<Option<Part>> {
    let mut head = [0; 16];
    content.seek(SeekFrom::Start(at))?;
    let available = read_up_to(content, &mut head)?;
    let mut rest = Rest(head.get(..available).unwrap_or_default());
    let parsed = (|| {
        let size = u32::from_be_bytes(rest.array()?);
        let kind = rest.array()?;
        let (header, size) = match size {
            0 => (8, end.checked_sub(at)?),
            1 => (16, u64::from_be_bytes(rest.array()?)),
            size => (8, u64::from(size)),
        };
        let box_end = at.checked_add(size)?;
        (size >= header && box_end <= end).then_some(Part {
            kind,
            content: at.checked_add(header)?,
            end: box_end,
        })
    })();
    Ok(parsed)
}

/// What the first box says of the kind.
fn first_kind(content: &mut (impl Read + Seek), first: &Part) -> io::Result<Option<Kind>> {
    if UNBRANDED.contains(&&first.kind) {
        return Ok(Some(Kind::Mov));
    }
    let length = first.end.saturating_sub(first.content);
    if &first.kind != b"ftyp" || length > MAX_BRANDS {
        return Ok(None);
    }
    content.seek(SeekFrom::Start(first.content))?;
    let mut brands = Vec::new();
    content.take(length).read_to_end(&mut brands)?;
    // The second group of four is a version number.
    let mut brands = brands
        .as_chunks::<4>()
        .0
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != 1)
        .map(|(_, brand)| brand);
    let Some(major) = brands.next() else { return Ok(None) };
    if major == QUICKTIME {
        return Ok(Some(Kind::Mov));
    }
    let is_known = BRANDS.contains(&major) || brands.any(|brand| BRANDS.contains(&brand));
    Ok(is_known.then_some(Kind::Mp4))
}

/// Fills `buffer` as far as there is content, and says how far.
fn read_up_to(content: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(free) = buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
        match content.read(free) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
