use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use unicode_normalization::UnicodeNormalization as _;

/// Characters of a text that are looked at.
const LOOKED_AT: usize = 300;
/// Longest run of characters that is a feature.
const RUN: usize = 3;
/// From how many intents on features are left out that many of them have, and how many that is: one in so many.
const MANY: usize = 20;
const COMMON: usize = 5;
/// Intents that are compared by their examples.
const CLOSE: usize = 8;

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
    /// How much a feature says, and for which intents how much.
    features: HashMap<u64, Feature>,
    /// Examples by intent: what each has, and how much it says.
    examples: Vec<Vec<Vec<u64>>>,
}

#[derive(Debug, Default)]
struct Feature {
    weight: f32,
    intents: Vec<(usize, f32)>,
}

/// A text in the form in which texts are compared: one width, small letters, no punctuation.
pub(crate) fn normalise(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for letter in text.nfkc().flat_map(char::to_lowercase).take(LOOKED_AT) {
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

fn hash(parts: (u8, &[char])) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// The features of a normalised text, each once.
fn features(normal: &str) -> Vec<u64> {
    let letters: Vec<char> = normal.chars().collect();
    let mut found = Vec::with_capacity(letters.len() * (RUN + 1));
    for word in letters.split(|letter| *letter == ' ') {
        found.push(hash((0, word)));
        for length in 1..=RUN {
            found.extend(word.windows(length).map(|run| hash((1, run))));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

impl Classifier {
    /// Learns intents by their examples.
    #[must_use]
    pub fn new(intents: &[Vec<String>]) -> Self {
        let mut exact = HashMap::new();
        let examples: Vec<Vec<Vec<u64>>> = intents
            .iter()
            .enumerate()
            .map(|(number, examples)| {
                let normal = examples
                    .iter()
                    .map(|example| normalise(example))
                    .filter(|normal| !normal.is_empty());
                normal
                    .map(|normal| {
                        let features = features(&normal);
                        exact.entry(normal).or_insert(number);
                        features
                    })
                    .collect()
            })
            .collect();
        let mut having: HashMap<u64, usize> = HashMap::new();
        for examples in &examples {
            let own: BTreeSet<u64> = examples.iter().flatten().copied().collect();
            for feature in own {
                *having.entry(feature).or_default() += 1;
            }
        }
        let count = examples.len();
        let common = |having: usize| count >= MANY && having > count / COMMON;
        having.retain(|_, having| !common(*having));
        let weight = |feature: &u64| {
            having
                .get(feature)
                .map_or(0.0, |having| ((count + 1) as f32 / *having as f32).ln())
        };
        let mut all: HashMap<u64, Feature> = HashMap::new();
        for (number, examples) in examples.iter().enumerate() {
            let mut sum: HashMap<u64, f32> = HashMap::new();
            for example in examples {
                let norm = norm(example.iter().map(weight));
                for feature in example {
                    *sum.entry(*feature).or_default() += weight(feature) / norm;
                }
            }
            let norm = norm(sum.values().copied());
            for (feature, value) in sum {
                let weight = weight(&feature);
                if weight > 0.0 {
                    let entry = all.entry(feature).or_default();
                    entry.weight = weight;
                    entry.intents.push((number, value / norm));
                }
            }
        }
        let mut classifier = Self {
            exact,
            features: all,
            examples,
        };
        for example in classifier.examples.iter_mut().flatten() {
            example.retain(|feature| classifier.features.contains_key(feature));
        }
        classifier
    }

    fn weight(&self, feature: &u64) -> f32 {
        self.features.get(feature).map_or(0.0, |feature| feature.weight)
    }

    /// How much a text has in common with an example.
    fn alike(&self, own: &[u64], own_norm: f32, example: &[u64]) -> f32 {
        let shared: f32 = own
            .iter()
            .filter(|feature| example.binary_search(feature).is_ok())
            .map(|feature| self.weight(feature).powi(2))
            .sum();
        shared / (own_norm * norm(example.iter().map(|feature| self.weight(feature))))
    }
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
        let mut own = features(&normal);
        // What was never seen says that the text is about something else; it counts as little as what is common.
        let unknown = own
            .iter()
            .filter(|feature| !self.features.contains_key(feature))
            .count() as f32;
        own.retain(|feature| self.features.contains_key(feature));
        let mut scores = vec![0.0_f32; self.examples.len()];
        let mut squares = unknown;
        for feature in &own {
            let Some(feature) = self.features.get(feature) else {
                continue;
            };
            squares += feature.weight * feature.weight;
            for (intent, value) in &feature.intents {
                if let Some(score) = scores.get_mut(*intent) {
                    *score += feature.weight * value;
                }
            }
        }
        let own_norm = squares.sqrt().max(f32::EPSILON);
        let mut ranked: Vec<Score> = scores
            .into_iter()
            .enumerate()
            .filter(|(_, score)| *score > 0.0)
            .map(|(intent, score)| Score {
                intent,
                score: score / own_norm,
            })
            .collect();
        let order = |one: &Score, other: &Score| other.score.total_cmp(&one.score).then(one.intent.cmp(&other.intent));
        if ranked.len() > CLOSE {
            ranked.select_nth_unstable_by(CLOSE, order);
            ranked.truncate(CLOSE);
        }
        for score in &mut ranked {
            let examples = self.examples.get(score.intent).map(Vec::as_slice).unwrap_or_default();
            let nearest = examples.iter().map(|example| self.alike(&own, own_norm, example));
            score.score = (score.score + nearest.fold(0.0, f32::max)) / 2.0;
        }
        ranked.sort_by(order);
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
