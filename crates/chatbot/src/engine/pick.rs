//! Which answer a text leads to, and in which language the user talks.

use crate::author::Bot;
use crate::engine::classify::{Intents, Score, normalise};

/// From which score on an intent is taken to be meant, and how much better than the next it must be: little for a good score,
/// much for a fair one.
const MEANT: [(f32, f32); 2] = [(0.45, 0.06), (0.28, 0.18)];
/// From which score on it is suggested, and how many are.
const PERHAPS: f32 = 0.15;
const SUGGESTED: usize = 3;
/// Words of the longest keyword, and letters of the longest one in a script without spaces.
const WORDS: usize = 5;
const LETTERS: usize = 10;

/// What a text may mean.
pub(super) enum Meaning<'a> {
    /// The best intent.
    Intent(usize),
    /// One of these.
    Perhaps(Vec<usize>),
    /// A keyword, and where it leads.
    Keyword(String, &'a str),
    Nothing,
}

/// The keyword in a text that is longest.
pub(super) fn keyword<'a>(bot: &'a Bot, text: &str) -> Option<(String, &'a str)> {
    if bot.keywords.is_empty() {
        return None;
    }
    let normal = normalise(text);
    let words: Vec<&str> = normal.split(' ').collect();
    for count in (1..=WORDS.min(words.len())).rev() {
        for run in words.windows(count) {
            let run = run.join(" ");
            if let Some(answer) = bot.keywords.get(&run) {
                return Some((run, answer));
            }
        }
    }
    let letters: Vec<char> = normal.chars().filter(|letter| *letter != ' ').collect();
    if !letters.iter().any(|letter| !script(*letter).has_spaces()) {
        return None;
    }
    for count in (1..=LETTERS.min(letters.len())).rev() {
        for run in letters
            .windows(count)
            .filter(|run| run.iter().any(|letter| !script(*letter).has_spaces()))
        {
            let run: String = run.iter().collect();
            if let Some(answer) = bot.keywords.get(&run) {
                return Some((run, answer));
            }
        }
    }
    None
}

/// What a text means, and how well the intents fit that were thought of.
pub(super) fn meaning<'a>(bot: &'a Bot, text: &str) -> (Meaning<'a>, Vec<Score>) {
    // A keyword alone is what is meant; within a text, an example that is the same word for word comes first.
    let ranked = bot.classifier.rank(text);
    let exact = ranked.first().is_some_and(|best| best.score >= 1.0);
    if !exact && let Some((word, answer)) = keyword(bot, text) {
        return (Meaning::Keyword(word, answer), ranked);
    }
    if let Some(best) = ranked.first() {
        let next = ranked.get(1).map_or(0.0, |next| next.score);
        if MEANT
            .iter()
            .any(|(from, clearer)| best.score >= *from && best.score - next >= *clearer)
        {
            return (Meaning::Intent(best.intent), ranked);
        }
    }
    let perhaps: Vec<usize> = ranked
        .iter()
        .take_while(|score| score.score >= PERHAPS)
        .map(|score| score.intent)
        .take(SUGGESTED)
        .collect();
    if perhaps.is_empty() {
        (Meaning::Nothing, ranked)
    } else {
        (Meaning::Perhaps(perhaps), ranked)
    }
}

/// Scripts that tell languages apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Hangul,
    Kana,
    Han,
    Thai,
    Arabic,
    Latin,
    Other,
}

impl Script {
    /// Whether words are parted by spaces reliably.
    fn has_spaces(self) -> bool {
        !matches!(self, Self::Hangul | Self::Kana | Self::Han | Self::Thai)
    }
}

fn script(letter: char) -> Script {
    match u32::from(letter) {
        0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7AF => Script::Hangul,
        0x3040..=0x30FF => Script::Kana,
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_134F => Script::Han,
        0x0E00..=0x0E7F => Script::Thai,
        0x0600..=0x06FF | 0x0750..=0x077F => Script::Arabic,
        0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x24F => Script::Latin,
        _ => Script::Other,
    }
}

/// The bot's language that a text is in, if its letters tell.
pub(super) fn language<'a>(bot: &'a Bot, text: &str) -> Option<&'a str> {
    let languages = &bot.settings.languages;
    if languages.len() < 2 {
        return None;
    }
    let has = |script_of: Script| text.chars().any(|letter| script(letter) == script_of);
    let own = |name: &str| {
        languages
            .iter()
            .map(String::as_str)
            .find(|language| *language == name || language.split('-').next() == Some(name))
    };
    if has(Script::Hangul) {
        return own("ko");
    }
    if has(Script::Kana) {
        return own("ja");
    }
    if has(Script::Han) {
        return own("zh").or_else(|| own("ja"));
    }
    if has(Script::Thai) {
        return own("th");
    }
    if has(Script::Arabic) {
        return own("ar");
    }
    // A word or two of Latin letters stand in texts of every language.
    let words = text
        .split_whitespace()
        .filter(|word| word.chars().any(|letter| script(letter) == Script::Latin));
    if words.count() >= 3 {
        let others = ["ko", "ja", "zh", "th", "ar"];
        let is_latin = |language: &&str| !others.contains(&language.split('-').next().unwrap_or_default());
        return languages.iter().map(String::as_str).find(is_latin);
    }
    None
}
