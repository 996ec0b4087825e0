//! The words by which messages are found.
//!
//! Scripts that put spaces between words are indexed by word, and found by the beginnings of words. Chinese, Japanese,
//! Korean, Thai, Lao, Khmer and Burmese are indexed by every two letters that follow each other, so that any part of a
//! text is found without a dictionary.

use rusqlite::{Connection, params};
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::Outcome;

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
fn words(text: &str) -> String {
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

/// Letters of a text that are taken apart for the index at most.
const INDEXED: usize = 64 * 1024;

/// Makes a message findable by its words.
pub(crate) fn remember(connection: &Connection, seq: i64, conversation: i64, kind: i64, text: &str) -> Outcome<()> {
    let end = text.char_indices().nth(INDEXED).map_or(text.len(), |(at, _)| at);
    let text = text.get(..end).unwrap_or_default();
    connection
        .prepare_cached(
            "INSERT INTO message_words (rowid, words, place)
             SELECT ?1, ?2, 'p' || peer || ' k' || ?4 FROM conversation WHERE seq = ?3",
        )?
        .execute(params![seq, words(text), conversation, kind])?;
    Ok(())
}

/// Makes a message that is kept unfindable.
pub(crate) fn forget(connection: &Connection, seq: i64) -> Outcome<()> {
    connection
        .prepare_cached("DELETE FROM message_words WHERE rowid = ?1")?
        .execute([seq])?;
    Ok(())
}

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    /// What somebody typed.
    pub(crate) text: &'a str,
    /// Partner of the only conversation that is looked through.
    pub(crate) peer: Option<&'a str>,
    /// Only type of messages.
    pub(crate) kind: Option<i64>,
    /// Row of a message before which the others were stored.
    pub(crate) before: i64,
    /// How many at most.
    pub(crate) size: i64,
}

/// The rows of the messages of a room that answer a question, the newest first.
pub(crate) fn find(connection: &Connection, room: &str, question: &Question<'_>) -> Outcome<Vec<i64>> {
    let Some(words) = query(question.text) else {
        return Ok(Vec::new());
    };
    let mut asked = format!("words : ({words})");
    let places = [
        question.peer.map(|peer| format!("p{}", peer.replace('"', ""))),
        question.kind.map(|kind| format!("k{kind}")),
    ];
    for place in places.into_iter().flatten() {
        asked.push_str(&format!(" AND place : \"{place}\""));
    }
    let mut statement = connection.prepare_cached(
        "SELECT x.rowid FROM message_words x
         CROSS JOIN message m ON m.seq = x.rowid CROSS JOIN conversation c ON c.seq = m.conversation
         WHERE x.message_words MATCH ?1 AND x.rowid < ?2 AND c.room = ?3 ORDER BY x.rowid DESC LIMIT ?4",
    )?;
    let rows = statement.query_map(params![asked, question.before, room, question.size], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The question to the index for what somebody typed; `None` if there is nothing to look for.
fn query(text: &str) -> Option<String> {
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

#[cfg(test)]
mod tests;
