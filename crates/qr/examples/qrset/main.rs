//! Writes a set of pictures with QR codes, from easy to impossible, and `truth.jsonl` with what they say.
//!
//! Usage: `qrset FOLDER`

mod paint;
mod random;
mod set;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use image::{ExtendedColorType, ImageFormat};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("Usage: qrset FOLDER")?);
    fs::create_dir_all(&folder)?;
    let truth = std::thread::scope(|scope| {
        let painted = set::CATEGORIES
            .map(|category| scope.spawn(|| paint_all(&folder, category).map_err(|error| error.to_string())));
        painted
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("painting failed".into())))
            .collect::<Result<String, String>>()
    })?;
    fs::write(folder.join("truth.jsonl"), truth)?;
    Ok(())
}

/// Writes the pictures of a category and returns their lines of the truth.
fn paint_all(folder: &Path, category: &str) -> Result<String, Box<dyn Error>> {
    let mut truth = String::new();
    for grade in 0..set::GRADES {
        let picture = set::picture(category, grade)?;
        let file = format!("{category}-{grade:02}.png");
        let (width, height) = (u32::try_from(picture.width)?, u32::try_from(picture.height)?);
        let grey = ExtendedColorType::L8;
        image::save_buffer_with_format(
            folder.join(&file),
            &picture.pixels,
            width,
            height,
            grey,
            ImageFormat::Png,
        )?;
        let line = serde_json::json!({ "file": file, "category": category, "texts": picture.texts });
        truth.push_str(&format!("{line}\n"));
    }
    Ok(truth)
}
