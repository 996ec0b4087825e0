//! Commands that draw and read QR codes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qrcode::{Color, EcLevel, QrCode};
use serde::Deserialize;

use super::{Command, Lane, NoParams};
use crate::cancel::Cancel;
use crate::code::{BridgeError, Code};
use crate::host::Host;

/// Light modules around the code, as ISO/IEC 18004 asks for.
const QUIET_ZONE: usize = 4;
/// Pixels of one module's edge.
const SCALE: usize = 8;
/// Most bytes that a version-40 code holds at the lowest error correction.
const MOST_BYTES: usize = 2_953;

/// `generateQRCode`: a QR code as a PNG picture.
pub(super) struct GenerateQrCode;

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct GenerateQrCodeParams {
    text: String,
}

impl Command for GenerateQrCode {
    const NAME: &'static str = "generateQRCode";
    type Params = GenerateQrCodeParams;
    type Answer = String;

    fn run(params: GenerateQrCodeParams, _: &dyn Host, _: &Cancel) -> Result<String, BridgeError> {
        let code = encode(&params.text)?;
        let png = draw(&code).map_err(|error| BridgeError::new(Code::Failed, format!("PNG: {error}")))?;
        Ok(format!("data:image/png;base64,{}", STANDARD.encode(png)))
    }
}

/// `scanQRCode`: the text of a code that the person shows to a camera or finds in a picture.
pub(super) struct ScanQrCode;

impl Command for ScanQrCode {
    const NAME: &'static str = "scanQRCode";
    const LANE: Lane = Lane::Beside;
    const ASKS: bool = true;
    type Params = NoParams;
    type Answer = String;

    fn run(_: NoParams, host: &dyn Host, cancel: &Cancel) -> Result<String, BridgeError> {
        Ok(host.scan(cancel)?)
    }
}

/// Medium error correction, or low where the text fits only then.
fn encode(text: &str) -> Result<QrCode, BridgeError> {
    if text.is_empty() {
        return Err(BridgeError::invalid("data.text: must not be empty"));
    }
    QrCode::with_error_correction_level(text, EcLevel::M)
        .or_else(|_| QrCode::with_error_correction_level(text, EcLevel::L))
        .map_err(|_| {
            BridgeError::invalid(format!(
                "data.text: {} bytes do not fit; a code holds at most {MOST_BYTES} bytes of text, more of digits alone",
                text.len()
            ))
        })
}

/// One bit a pixel, white is 1.
fn draw(code: &QrCode) -> Result<Vec<u8>, png::EncodingError> {
    let side = (code.width() + 2 * QUIET_ZONE) * SCALE;
    let stride = side.div_ceil(8);
    let colors = code.to_colors();
    let mut pixels = Vec::with_capacity(stride * side);
    let light_row = vec![0xff; stride];
    let light = |pixels: &mut Vec<u8>| (0..QUIET_ZONE * SCALE).for_each(|_| pixels.extend_from_slice(&light_row));

    light(&mut pixels);
    for modules in colors.chunks(code.width()) {
        // A module is eight pixels wide, which is one byte.
        let mut row = vec![0xff; QUIET_ZONE];
        row.extend(
            modules
                .iter()
                .map(|color| if *color == Color::Dark { 0x00 } else { 0xff }),
        );
        row.extend([0xff; QUIET_ZONE]);
        (0..SCALE).for_each(|_| pixels.extend_from_slice(&row));
    }
    light(&mut pixels);

    let side = u32::try_from(side).unwrap_or(u32::MAX);
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(png)
}
