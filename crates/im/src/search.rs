//! The words by which messages are found.
//!
//! Scripts that put spaces between words are indexed by word, and found by the beginnings of words. Chinese, Japanese,
//! Korean, Thai, Lao, Khmer and Burmese are indexed by every two letters that follow each other, so that any part of a
//! text is found without a dictionary.

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

/// Whether a letter belongs to a script that is written without spaces, or whose words are not what people look for.
fn is_dense(letter: char) -> bool {
    matches!(letter,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

/// A stretch of text as it is looked for.
enum Part {
    /// A word of a script with spaces.
    Word(String),
    /// Letters of a script without.
    Dense(Vec<char>),
}

/// Takes text apart. Compatible forms, case and accents do not matter.
fn parts(text: &str) -> Vec<Part> {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let mut parts = Vec::new();
    for word in folded.split_word_bounds() {
        for run in runs(word) {
            match run {
                (true, letters) => match parts.last_mut() {
                    Some(Part::Dense(before)) => before.extend(letters),
                    _ => parts.push(Part::Dense(letters)),
                },
                (false, letters) if letters.iter().any(|letter| letter.is_alphanumeric()) => {
                    parts.push(Part::Word(letters.into_iter().collect()));
                }
                // What stands between dense letters ends their stretch.
                (false, _) => parts.push(Part::Word(String::new())),
            }
        }
    }
    parts.retain(|part| !matches!(part, Part::Word(word) if word.is_empty()));
    parts
}

/// Stretches of dense and other letters within a word.
fn runs(word: &str) -> Vec<(bool, Vec<char>)> {
    let mut runs: Vec<(bool, Vec<char>)> = Vec::new();
    for letter in word.chars() {
        let dense = is_dense(letter);
        match runs.last_mut() {
            Some((kind, letters)) if *kind == dense => letters.push(letter),
            _ => runs.push((dense, vec![letter])),
        }
    }
    runs
}

/// The words of a text as the index keeps them, separated by spaces.
pub(crate) fn words(text: &str) -> String {
    let mut words = Vec::new();
    for part in parts(text) {
        match part {
            Part::Word(word) => words.push(word),
            Part::Dense(letters) => {
                words.extend(letters.windows(2).map(|pair| pair.iter().collect::<String>()));
                words.extend(letters.last().map(char::to_string));
            }
        }
    }
    words.join(" ")
}

/// The question to the index for what somebody typed; `None` if there is nothing to look for.
pub(crate) fn query(text: &str) -> Option<String> {
    let parts = parts(text);
    let terms: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Part::Word(word) => format!("\"{}\"*", word.replace('"', "\"\"")),
            Part::Dense(letters) if letters.len() == 1 => format!("\"{}\"*", letters.iter().collect::<String>()),
            Part::Dense(letters) => {
                let pairs: Vec<String> = letters.windows(2).map(|pair| pair.iter().collect()).collect();
                format!("\"{}\"", pairs.join(" "))
            }
        })
        .collect();
    (!terms.is_empty()).then(|| terms.join(" AND "))
}
