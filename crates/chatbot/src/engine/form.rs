//! Questions that are asked one after the other.

use regex::Regex;
use serde_json::{Value, json};

use super::classify::normalise;
use crate::author::{Accept, Form};

/// Characters of the longest answer when nothing is told.
const LONGEST: usize = 1_000;

/// What a text is as an answer to a question, or nothing if it is none.
pub(super) fn accepted(accept: &Accept, text: &str) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > accept.longest.unwrap_or(LONGEST) {
        return None;
    }
    if let Some(pattern) = &accept.pattern {
        let whole = Regex::new(&format!("^(?:{})$", pattern.value)).ok()?;
        if !whole.is_match(text) {
            return None;
        }
    }
    if let Some(range) = &accept.number {
        let number: f64 = normalise_number(text).parse().ok()?;
        let fits = number.is_finite()
            && range.from.is_none_or(|from| number >= from)
            && range.to.is_none_or(|to| number <= to)
            && (!range.whole || number.fract() == 0.0);
        return fits.then(|| {
            if number.fract() == 0.0 && number.abs() < 1e15 {
                json!(number as i64)
            } else {
                json!(number)
            }
        });
    }
    if !accept.choices.is_empty() {
        let said = normalise(text);
        let means = |(value, words): &(&String, &Vec<String>)| {
            normalise(value) == said || words.iter().any(|word| normalise(word) == said)
        };
        let exact = accept.choices.iter().find(means);
        let within = || {
            let has = |(_, words): &(&String, &Vec<String>)| {
                words
                    .iter()
                    .map(|word| normalise(word))
                    .any(|word| !word.is_empty() && holds(&said, &word))
            };
            accept.choices.iter().find(has)
        };
        return exact.or_else(within).map(|(value, _)| json!(value));
    }
    Some(json!(text))
}

/// Whether words stand in a text, as words where they are parted by spaces.
fn holds(said: &str, word: &str) -> bool {
    if word.is_ascii() {
        format!(" {said} ").contains(&format!(" {word} "))
    } else {
        said.contains(word)
    }
}

/// A number in ASCII, whatever digits it was written with.
fn normalise_number(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfkc()
        .filter(|letter| *letter != ',' && !letter.is_whitespace())
        .map(|letter| {
            letter
                .to_digit(10)
                .and_then(|digit| char::from_digit(digit, 10))
                .unwrap_or(letter)
        })
        .collect()
}

/// Whether the user wants to leave a form.
pub(super) fn leaves(form: &Form, text: &str) -> bool {
    let said = normalise(text);
    form.escape.iter().any(|word| normalise(word) == said)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::author::parse;

    fn accept(yaml: &str) -> Accept {
        parse(yaml, "test").unwrap()
    }

    #[test]
    fn numbers_are_numbers_within_their_bounds() {
        let few = accept("number: {from: 1, to: 9, whole: true}");
        for (text, value) in [("3", 3), (" ９ ", 9), ("1.0", 1)] {
            assert_eq!(accepted(&few, text), Some(json!(value)), "{text}");
        }
        for wrong in ["", "0", "10", "2.5", "two", "NaN", "inf", "1e400", "--1"] {
            assert_eq!(accepted(&few, wrong), None, "{wrong}");
        }
        assert_eq!(accepted(&accept("number: {}"), "1,250.5"), Some(json!(1250.5)));
    }

    #[test]
    fn choices_are_meant_by_their_words() {
        let size = accept("choices: {small: [s, 작은, 小], large: [l, big, 큰, 大]}");
        for (text, value) in [
            ("Small", "small"),
            ("L", "large"),
            ("a big one", "large"),
            ("작은 거요", "small"),
            ("要大的", "large"),
        ] {
            assert_eq!(accepted(&size, text), Some(json!(value)), "{text}");
        }
        for wrong in ["", "bigger", "medium", "ls"] {
            assert_eq!(accepted(&size, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn texts_fit_as_a_whole_and_are_not_too_long() {
        let mail = accept("pattern: '[^@ ]+@[^@ ]+\\.[a-z]+'\nlongest: 20");
        assert_eq!(accepted(&mail, "a@b.cc"), Some(json!("a@b.cc")));
        for wrong in ["a@b.cc and more", "a@b", &format!("{}@b.cc", "a".repeat(20))] {
            assert_eq!(accepted(&mail, wrong), None, "{wrong}");
        }
        assert_eq!(accepted(&Accept::default(), &"x".repeat(LONGEST + 1)), None);
    }
}
