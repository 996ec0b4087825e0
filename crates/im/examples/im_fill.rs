//! Makes an account with many messages, for measuring what shows them. Called by `npm run bench messenger`.
//!
//! Usage: `im_fill FOLDER MESSAGES CONVERSATIONS` — into a new folder, which an engine can be opened on; the password is printed.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends here")]

use std::fs;

use coco_im::testing::{Lab, PASSWORD, address};

/// Messages of each of the many conversations.
const FEW: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, messages, conversations] = arguments.as_slice() else {
        eprintln!("usage: im_fill FOLDER MESSAGES CONVERSATIONS");
        std::process::exit(2);
    };
    let lab = Lab::new();
    for number in 2..=u8::MAX {
        lab.befriend(number);
    }
    for number in 0..conversations.parse().unwrap() {
        lab.fill(&format!("peer{number}"), FEW, text);
    }
    lab.fill(&address(2), messages.parse().unwrap(), text);
    fs::create_dir_all(folder).unwrap();
    for entry in fs::read_dir(lab.engine.folder()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), std::path::Path::new(folder).join(entry.file_name())).unwrap();
        }
    }
    println!("{PASSWORD}");
}

/// Texts of one to sixty words.
fn text(number: usize) -> String {
    let length = 1 + (number * 7_919) % 60;
    let words: Vec<String> = (0..length)
        .map(|place| format!("word{}", (number + place * 104_729) % 997))
        .collect();
    words.join(" ")
}
