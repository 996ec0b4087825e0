use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

/// Characters of a text that are looked at.
const LOOKED_AT: usize = 300;
/// Longest run of characters that is a feature.
const RUN: usize = 3;
/// Features say nothing that more than one in so many intents have, if that is more than a few.
const COMMON: usize = 12;
const FEW: usize = 5;
/// Features of a text by which intents are looked for, the rarest of it, and intents that are compared in full.
const RAREST: usize = 24;
const CLOSE: usize = 4;

/// How well a text fits an intent, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// The number of the intent.
    pub intent: usize,
    /// How well.
    pub score: f32,
}

/// Tells what a text means.
pub trait Intents {
    /// The intents that fit best, the best one first; none that do not fit at all.
    fn rank(&self, text: &str) -> Vec<Score>;
}

/// Tells by words and runs of one to three characters, rare ones counting more: such runs are what Korean, Chinese and Japanese,
/// which do not part words as English does, have in common with what was learnt.
#[derive(Debug, Default)]
pub struct Classifier {
    /// Intents by example, word for word.
    exact: HashMap<String, usize>,
    /// Numbers of features by their hash, and how much each says.
    numbers: HashMap<u64, (u32, f32), BuildHasherDefault<AlreadyHashed>>,
    /// Where among `having` those intents are that have a feature, by its number. Features that say nothing have none.
    features: Vec<Range<u32>>,
    /// Intents that have a feature, and how much it counts for all their examples together.
    having: Vec<(u32, f32)>,
    /// Where among `examples` those begin that belong to a place in `having`, and at last where they end. Apart, since most are never
    /// looked at.
    begins: Vec<u32>,
    /// Examples of an intent that have a feature, and how much it counts there.
    examples: Vec<(u32, f32)>,
    /// How many examples an intent has at most, and how many intents there are.
    most: usize,
    intents: usize,
}

/// What is known of an intent while it is learnt: its features, how much each counts, and for which examples how much.
type Learnt = BTreeMap<u32, (f32, Vec<(u32, f32)>)>;
/// An intent that has a feature while it is learnt, how much the feature counts there, and for which examples how much.
type Having = (u32, f32, Vec<(u32, f32)>);

/// Takes what is a hash for one.
#[derive(Debug, Default)]
struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// A text in the form in which texts are compared: one width, small letters, no punctuation.
pub(crate) fn normalise(text: &str) -> String {
    if text.chars().all(is_plain) {
        joined(text.chars().map(|letter| letter.to_ascii_lowercase()), text.len())
    } else {
        joined(text.nfkc().flat_map(char::to_lowercase), text.len())
    }
}

/// Whether something is written in one way alone but for capital letters: ASCII, syllables of Hangul, and Han.
fn is_plain(letter: char) -> bool {
    letter.is_ascii() || matches!(letter, '\u{AC00}'..='\u{D7A3}' | '\u{4E00}'..='\u{9FFF}')
}

/// Words with one space between them, of about so many bytes.
fn joined(letters: impl Iterator<Item = char>, bytes: usize) -> String {
    let mut normal = String::with_capacity(bytes);
    for letter in letters.take(LOOKED_AT) {
        if letter.is_alphanumeric() || is_mark(letter) {
            normal.push(letter);
        } else if !normal.is_empty() && !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    normal.truncate(normal.trim_end().len());
    normal
}

/// Whether something is written above or below letters, as vowels are in Thai: part of a word though no letter.
fn is_mark(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter)
}

/// Goes on with the hash of some letters.
fn mix(hash: u64, letter: char) -> u64 {
    // A large odd number, as in hashes by multiplication.
    (hash ^ u64::from(letter))
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .rotate_left(29)
}

/// Goes through the features of a normalised text.
fn each_feature(normal: &str, mut found: impl FnMut(u64)) {
    let letters: Vec<char> = normal.chars().collect();
    for word in letters.split(|letter| *letter == ' ') {
        // Words do not mean the same as runs of the same letters, so their hashes begin otherwise.
        found(word.iter().fold(1, |hash, letter| mix(hash, *letter)));
        for begin in 0..word.len() {
            let mut hash = 0;
            for letter in word.iter().skip(begin).take(RUN) {
                hash = mix(hash, *letter);
                found(hash);
            }
        }
    }
}

/// The features of a normalised text, each once.
fn features(normal: &str) -> Vec<u64> {
    let mut found = Vec::with_capacity(normal.len() * (RUN + 1));
    each_feature(normal, |hash| found.push(hash));
    found.sort_unstable();
    found.dedup();
    found
}

impl Classifier {
    /// Learns intents by their examples.
    #[must_use]
    pub fn new(intents: &[Vec<String>]) -> Self {
        let mut exact = HashMap::new();
        let mut learnt: Vec<Vec<Vec<u64>>> = Vec::with_capacity(intents.len());
        for (number, examples) in intents.iter().enumerate() {
            let mut own = Vec::with_capacity(examples.len());
            for normal in examples
                .iter()
                .map(|example| normalise(example))
                .filter(|normal| !normal.is_empty())
            {
                own.push(features(&normal));
                exact.entry(normal).or_insert(number);
            }
            learnt.push(own);
        }
        let weights = weights(&learnt);
        let mut classifier = Self {
            exact,
            most: learnt.iter().map(Vec::len).max().unwrap_or_default(),
            intents: learnt.len(),
            ..Self::default()
        };
        for (number, (hash, weight)) in weights.into_iter().enumerate() {
            classifier.numbers.insert(hash, (small(number), weight));
        }
        let mut having: Vec<Vec<Having>> = Vec::new();
        having.resize_with(classifier.numbers.len(), Vec::new);
        for (number, examples) in learnt.into_iter().enumerate() {
            let mut all = Learnt::new();
            for (example, hashes) in examples.into_iter().enumerate() {
                for (feature, value) in classifier.vector(&hashes) {
                    let (sum, own) = all.entry(feature).or_default();
                    *sum += value;
                    own.push((small(example), value));
                }
            }
            let norm = norm(all.values().map(|(value, _)| *value));
            for (feature, (value, examples)) in all {
                if let Some(having) = having.get_mut(feature as usize) {
                    having.push((small(number), value / norm, examples));
                }
            }
        }
        for own in having {
            let begin = small(classifier.having.len());
            for (intent, whole, mut examples) in own {
                classifier.having.push((intent, whole));
                classifier.begins.push(small(classifier.examples.len()));
                classifier.examples.append(&mut examples);
            }
            classifier.features.push(begin..small(classifier.having.len()));
        }
        classifier.begins.push(small(classifier.examples.len()));
        classifier
    }

    /// What is known of some features, and how much each counts: all together 1.
    fn vector(&self, hashes: &[u64]) -> Vec<(u32, f32)> {
        let known = hashes.iter().filter_map(|hash| self.numbers.get(hash).copied());
        let mut vector: Vec<(u32, f32)> = known.filter(|(_, weight)| *weight > 0.0).collect();
        let norm = norm(vector.iter().map(|(_, weight)| *weight));
        for (_, weight) in &mut vector {
            *weight /= norm;
        }
        vector
    }

    /// Where among `having` the intents are that have a feature.
    fn places(&self, feature: u32) -> Range<usize> {
        let range = self.features.get(feature as usize).cloned().unwrap_or_default();
        range.start as usize..range.end as usize
    }

    /// The examples that belong to a place in `having`.
    fn examples(&self, place: usize) -> &[(u32, f32)] {
        let begin = |place: usize| self.begins.get(place).map_or(0, |begin| *begin as usize);
        self.examples.get(begin(place)..begin(place + 1)).unwrap_or_default()
    }

    /// The intents that have most in common with the rarest features of a text.
    fn close(&self, mut own: Vec<(u32, f32)>) -> Vec<u32> {
        if own.len() > RAREST {
            own.select_nth_unstable_by(RAREST, |one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            own.truncate(RAREST);
        }
        let mut scores = vec![0.0_f32; self.intents];
        let mut touched = Vec::with_capacity(self.intents);
        for (number, weight) in own {
            for (intent, whole) in self.having.get(self.places(number)).unwrap_or_default() {
                let Some(score) = scores.get_mut(*intent as usize) else {
                    continue;
                };
                if *score == 0.0 {
                    touched.push(*intent);
                }
                *score += weight * whole;
            }
        }
        let score = |intent: &u32| scores.get(*intent as usize).copied().unwrap_or_default();
        let order = |one: &u32, other: &u32| score(other).total_cmp(&score(one)).then(one.cmp(other));
        if touched.len() > CLOSE {
            touched.select_nth_unstable_by(CLOSE, order);
            touched.truncate(CLOSE);
        }
        touched
    }

    /// How well a text of these features fits some intents.
    fn compared(&self, own: &[(u32, f32)], close: &[u32]) -> Vec<Score> {
        let mut wholes = [0.0_f32; CLOSE];
        let mut examples = vec![0.0_f32; CLOSE * self.most];
        // By intent, which place among those that are close it has, from 1 on.
        let mut places = vec![0_u8; self.intents];
        for (place, intent) in (1..).zip(close) {
            if let Some(slot) = places.get_mut(*intent as usize) {
                *slot = place;
            }
        }
        for (number, value) in own {
            let range = self.places(*number);
            let having = self.having.get(range.clone()).unwrap_or_default();
            for (at, (intent, counts)) in range.zip(having) {
                let Some(place @ 1..) = places.get(*intent as usize).copied() else {
                    continue;
                };
                let place = usize::from(place) - 1;
                if let Some(whole) = wholes.get_mut(place) {
                    *whole += value * counts;
                }
                for (example, counts) in self.examples(at) {
                    if let Some(sum) = examples.get_mut(place * self.most + *example as usize) {
                        *sum += value * counts;
                    }
                }
            }
        }
        let nearest = examples
            .chunks(self.most.max(1))
            .map(|sums| sums.iter().copied().fold(0.0, f32::max));
        let scores = close
            .iter()
            .zip(wholes)
            .zip(nearest)
            .map(|((intent, whole), nearest)| Score {
                intent: *intent as usize,
                score: (whole + nearest) / 2.0,
            });
        scores.filter(|score| score.score > 0.0).collect()
    }

    /// The features of a normalised text that are known, each once with what it says, and how many others it has.
    fn known_features(&self, normal: &str) -> (Vec<(u32, f32)>, usize) {
        let (mut known, mut unknown) = (Vec::with_capacity(4 * RAREST), Vec::new());
        let mut seen = vec![0_u64; self.features.len().div_ceil(64)];
        each_feature(normal, |hash| match self.numbers.get(&hash) {
            Some((number, weight)) if *weight > 0.0 => {
                let bit = 1 << (number % 64);
                if let Some(bits) = seen.get_mut(*number as usize / 64)
                    && *bits & bit == 0
                {
                    *bits |= bit;
                    known.push((*number, *weight));
                }
            }
            Some(_) => {}
            None => unknown.push(hash),
        });
        unknown.sort_unstable();
        unknown.dedup();
        (known, unknown.len())
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// How much each feature says: the more, the fewer intents have it, and nothing if many have it.
fn weights(intents: &[Vec<Vec<u64>>]) -> Vec<(u64, f32)> {
    let mut having: HashMap<u64, usize> = HashMap::new();
    for examples in intents {
        let own: BTreeSet<u64> = examples.iter().flatten().copied().collect();
        for feature in own {
            *having.entry(feature).or_default() += 1;
        }
    }
    let count = intents.len();
    let common = |having: usize| having > (count / COMMON).max(FEW);
    let mut weights: Vec<(u64, f32)> = having
        .into_iter()
        .map(|(feature, having)| {
            let weight = ((count + 1) as f32 / having as f32).ln();
            (feature, if common(having) { 0.0 } else { weight })
        })
        .collect();
    weights.sort_by_key(|(feature, _)| *feature);
    weights
}

fn norm(values: impl Iterator<Item = f32>) -> f32 {
    values.map(|value| value * value).sum::<f32>().sqrt().max(f32::EPSILON)
}

impl Intents for Classifier {
    fn rank(&self, text: &str) -> Vec<Score> {
        let normal = normalise(text);
        if normal.is_empty() {
            return Vec::new();
        }
        if let Some(intent) = self.exact.get(&normal) {
            return vec![Score {
                intent: *intent,
                score: 1.0,
            }];
        }
        let (known, unknown) = self.known_features(&normal);
        // What was never seen says that the text is about something else; it counts as little as what is common.
        let squares: f32 = known.iter().map(|(_, weight)| weight * weight).sum();
        let norm = (squares + unknown as f32).sqrt().max(f32::EPSILON);
        let own: Vec<(u32, f32)> = known.iter().map(|(number, weight)| (*number, weight / norm)).collect();
        let mut ranked = self.compared(&own, &self.close(known));
        ranked.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.intent.cmp(&other.intent)));
        ranked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classifier() -> Classifier {
        let intents = [
            &[
                "when are you open",
                "what are your opening hours",
                "언제 열어요",
                "영업 시간 알려 주세요",
                "几点开门",
                "营业时间",
            ][..],
            &[
                "where is my order",
                "track my parcel",
                "주문한 거 언제 와요",
                "배송 조회",
                "我的订单在哪里",
                "查快递",
            ][..],
            &[
                "i want to send it back",
                "return an item",
                "반품하고 싶어요",
                "환불해 주세요",
                "我要退货",
                "可以退款吗",
            ][..],
        ];
        let owned: Vec<Vec<String>> = intents
            .map(|texts| texts.iter().map(|text| (*text).to_owned()).collect())
            .into();
        Classifier::new(&owned)
    }

    #[test]
    fn other_words_for_the_same_are_understood_in_three_languages() {
        let classifier = classifier();
        let said = [
            ("are you open on Sunday?", 0),
            ("opening hours please", 0),
            ("몇 시에 열어요?", 0),
            ("请问营业到几点", 0),
            ("my order is not here", 1),
            ("배송 어디까지 왔어요", 1),
            ("订单到哪里了", 1),
            ("how do I return this", 2),
            ("반품 되나요", 2),
            ("想退货", 2),
        ];
        for (text, intent) in said {
            let ranked = classifier.rank(text);
            assert_eq!(
                ranked.first().map(|best| best.intent),
                Some(intent),
                "{text}: {ranked:?}"
            );
        }
    }

    #[test]
    fn an_example_is_what_it_is_and_nothing_is_nothing() {
        let classifier = classifier();
        assert_eq!(
            classifier.rank("  TRACK my parcel!! "),
            [Score { intent: 1, score: 1.0 }]
        );
        for nothing in ["", "?!", "🙂", "zzz qqq"] {
            let best = classifier.rank(nothing).first().map_or(0.0, |best| best.score);
            assert!(best < 0.2, "{nothing}: {best}");
        }
    }

    #[test]
    fn texts_are_compared_in_one_form() {
        assert_eq!(normalise("  ＯＰＥＮ,  now?! "), "open now");
        assert_eq!(normalise("สวัสดีครับ"), normalise("สวัสดีครับ!"));
        assert_eq!(normalise(&"x".repeat(1_000)).len(), LOOKED_AT);
    }
}
