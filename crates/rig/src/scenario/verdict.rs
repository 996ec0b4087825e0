//! Whether what was promised held.

use std::collections::BTreeMap;
use std::fmt;

use crate::search::Found;

/// A text that somebody tried to send. Texts are all different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Who sent it.
    pub from: usize,
    /// Who is to get it.
    pub to: usize,
    /// The text.
    pub text: String,
    /// What the sender was told.
    pub surety: Surety,
}

/// What the sender of a text was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surety {
    /// That it was taken: it must arrive, once.
    Promised,
    /// Nothing, since the engine died: it may arrive, once.
    Open,
    /// That it was not taken: it must not arrive.
    Refused,
}

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It never arrived.
    Lost(String),
    /// It arrived so many times.
    Doubled(String, usize),
    /// It arrived after one that was sent later.
    Late(String),
    /// Nobody sent it, or the sender was told that it was not taken.
    Invented(String),
    /// It can be read where nothing may be.
    Readable(Found),
}

/// What came out of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What the day was drawn from.
    pub seed: u64,
    /// How many texts were promised.
    pub promised: usize,
    /// How many texts it is not known of whether they were taken.
    pub open: usize,
    /// What was broken, with the conversation or place where it shows.
    pub faults: Vec<(String, Fault)>,
}

impl Verdict {
    /// Whether every promise held, and there were any.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.faults.is_empty() && self.promised > 0
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (promised, open, faults) = (self.promised, self.open, self.faults.len());
        write!(
            f,
            "RIG_SEED={}: {promised} promised, {open} open, {faults} faults",
            self.seed
        )?;
        self.faults
            .iter()
            .try_for_each(|(place, fault)| write!(f, "\n  {place}: {fault:?}"))
    }
}

/// Judges one conversation in one direction: what was sent, in this order, against what arrived, in this order.
#[must_use]
pub fn judge(sent: &[&Sent], arrived: &[String]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    let places: BTreeMap<&str, usize> = sent
        .iter()
        .enumerate()
        .map(|(place, sent)| (&*sent.text, place))
        .collect();
    let mut latest = None;
    for text in arrived {
        let count = times.entry(text).or_default();
        *count += 1;
        let place = places.get(&**text).copied();
        if place.is_none() {
            faults.push(Fault::Invented(text.clone()));
        } else if *count == 1 {
            if place < latest {
                faults.push(Fault::Late(text.clone()));
            }
            latest = latest.max(place);
        }
    }
    for sent in sent {
        let text = || sent.text.clone();
        match (sent.surety, times.get(&*sent.text).copied().unwrap_or_default()) {
            (Surety::Promised, 1) | (Surety::Open, 0 | 1) | (Surety::Refused, 0) => {}
            (Surety::Promised, 0) => faults.push(Fault::Lost(text())),
            (Surety::Refused, _) => faults.push(Fault::Invented(text())),
            (Surety::Promised | Surety::Open, times) => faults.push(Fault::Doubled(text(), times)),
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(arrived: &[&str]) -> Vec<Fault> {
        let all = [
            ("a", Surety::Promised),
            ("b", Surety::Open),
            ("c", Surety::Refused),
            ("d", Surety::Promised),
        ];
        let sent = all.map(|(text, surety)| Sent {
            from: 0,
            to: 1,
            text: text.to_owned(),
            surety,
        });
        let arrived: Vec<_> = arrived.iter().map(|text| (*text).to_owned()).collect();
        judge(&sent.iter().collect::<Vec<_>>(), &arrived)
    }

    #[test]
    fn every_broken_promise_is_named() {
        let text = |text: &str| text.to_owned();
        assert_eq!(found(&["a", "b", "d"]), []);
        assert_eq!(found(&["a", "d"]), []);
        assert_eq!(found(&["a", "b"]), [Fault::Lost(text("d"))]);
        assert_eq!(found(&["a", "d", "b"]), [Fault::Late(text("b"))]);
        assert_eq!(found(&["d", "a"]), [Fault::Late(text("a"))]);
        assert_eq!(found(&["a", "b", "d", "a"]), [Fault::Doubled(text("a"), 2)]);
        assert_eq!(found(&["a", "b", "b", "d"]), [Fault::Doubled(text("b"), 2)]);
        assert_eq!(found(&["a", "c", "d"]), [Fault::Invented(text("c"))]);
        assert_eq!(found(&["a", "d", "e"]), [Fault::Invented(text("e"))]);
    }

    #[test]
    fn a_day_without_promises_proves_nothing() {
        let verdict = Verdict {
            seed: 9,
            promised: 0,
            open: 3,
            faults: Vec::new(),
        };
        assert!(!verdict.is_good());
        assert!(verdict.to_string().starts_with("RIG_SEED=9"));
    }
}
