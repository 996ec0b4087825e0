//! Prints what picture files say, a line of JSON each: `file`, `texts` and `ms`, the time without reading the file.
//!
//! Usage: `qrread [--frame] FILE…`

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use coco_qr::{Effort, decode, read};

fn main() -> Result<(), Box<dyn Error>> {
    let (mut effort, mut files) = (Effort::Picture, Vec::new());
    for argument in std::env::args_os().skip(1) {
        if argument == "--frame" {
            effort = Effort::Frame;
        } else {
            files.push(PathBuf::from(argument));
        }
    }
    if files.is_empty() {
        return Err("Usage: qrread [--frame] FILE…".into());
    }
    for file in files {
        let picture = decode(&std::fs::read(&file)?)?;
        let before = Instant::now();
        let texts: Vec<String> = read(&picture, effort).into_iter().map(|found| found.text).collect();
        let ms = before.elapsed().as_secs_f64() * 1000.0;
        println!(
            "{}",
            serde_json::json!({ "file": file.to_string_lossy(), "texts": texts, "ms": ms })
        );
    }
    Ok(())
}
