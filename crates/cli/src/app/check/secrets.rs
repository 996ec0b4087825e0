//! Secrets that are about to be published.

use coco_keys::{Identity, WordList};

use super::finding::{Findings, Severity, Text};

/// How many words a list of recovery words has.
const COUNTS: [usize; 5] = [12, 15, 18, 21, 24];
/// Most bytes between two words of one list: quotes, commas, numbers, tags.
const GAP: usize = 8;

const HINT: &str = "take it out before anybody sees it; what was published once is no secret any more";

/// Looks for a private key in any file.
pub(super) fn check_key(path: &str, bytes: &[u8], findings: &mut Findings) {
    let Some(key) = coco_package::find_private_key(path, bytes) else {
        return;
    };
    let whole = String::from_utf8_lossy(bytes);
    let text = Text::new(path, &whole);
    // In a file that is no text there are no lines.
    if key.offset > 0 && matches!(whole, std::borrow::Cow::Borrowed(_)) {
        text.found(findings, key.offset, "secret", Severity::Error, key.found, HINT);
    } else {
        findings.add("secret", Severity::Error, Some(path), key.found, HINT);
    }
}

/// Looks for recovery words: as many words of the English list in a row as an identity has, with the right checksum, and
/// always the same between them. Longer rows are the list itself, or prose.
pub(super) fn check_words(text: Text<'_>, findings: &mut Findings) {
    let list = WordList::English.word_list();
    let mut row: Vec<(usize, String)> = Vec::new();
    let mut gap: Option<String> = None;
    let mut end = 0;
    for (offset, word) in words(text.part) {
        let known = list.binary_search(&word.to_ascii_lowercase().as_str()).is_ok();
        let between = text
            .part
            .get(end..offset)
            .filter(|between| between.len() <= GAP)
            .map(marks);
        if !known || between.is_none() {
            judge(&row, text, findings);
            row.clear();
            gap = None;
        } else if gap.is_some() && gap != between {
            // Something else begins, with the word before this one: `seed = ["first", "second", …`.
            judge(&row, text, findings);
            row.drain(..row.len().saturating_sub(1));
            gap = between;
        } else if !row.is_empty() {
            gap = between;
        }
        end = offset + word.len();
        if known {
            row.push((offset, word.to_ascii_lowercase()));
        }
    }
    judge(&row, text, findings);
}

/// What stands between two words, without blanks and numbers.
fn marks(between: &str) -> String {
    between
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_ascii_digit())
        .collect()
}

fn judge(row: &[(usize, String)], text: Text<'_>, findings: &mut Findings) {
    let Some((offset, _)) = row.first().filter(|_| COUNTS.contains(&row.len())) else {
        return;
    };
    let words: Vec<&str> = row.iter().map(|(_, word)| word.as_str()).collect();
    if Identity::from_mnemonic(&words.join(" ")).is_ok() {
        let message = format!("contains the {} recovery words of an identity", row.len());
        text.found(findings, *offset, "secret", Severity::Error, message, HINT);
    }
}

/// Runs of letters and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    text.split(|c: char| !c.is_ascii_alphabetic()).filter_map(move |word| {
        let offset = next;
        // What splits may be longer than a byte.
        let behind = text.get(offset + word.len()..).and_then(|rest| rest.chars().next());
        next = offset + word.len() + behind.map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((offset, word))
    })
}
