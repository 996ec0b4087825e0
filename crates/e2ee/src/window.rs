//! Which numbers of a growing sequence were seen.

use serde::{Deserialize, Serialize};

use crate::E2eeError;

/// How many numbers below the highest one are told apart. A multiple of 64.
const WIDTH: u64 = 4096;
/// Words of the ring of bits.
const WORDS: usize = (WIDTH / 64) as usize;

/// The numbers seen among the last [`WIDTH`] up to the highest one. Numbers begin with 1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Window {
    highest: u64,
    /// A ring of bits; its words beyond the end are zero.
    bits: Vec<u64>,
}

impl Window {
    /// Whether the number may still be accepted: [`E2eeError::Duplicate`] if it was seen, [`E2eeError::TooOld`] if that
    /// cannot be told any more.
    pub(crate) fn check(&self, number: u64) -> Result<(), E2eeError> {
        if number > self.highest {
            return Ok(());
        }
        if self.highest - number >= WIDTH {
            return Err(E2eeError::TooOld);
        }
        let (word, bit) = place(number);
        if self.bits.get(word).is_some_and(|word| word & bit != 0) {
            return Err(E2eeError::Duplicate);
        }
        Ok(())
    }

    /// Remembers a number that [`Window::check`] let pass.
    pub(crate) fn mark(&mut self, number: u64) {
        if number > self.highest {
            let first = (self.highest + 1).max(number.saturating_sub(WIDTH - 1));
            for skipped in first..=number {
                let (word, bit) = place(skipped);
                if let Some(word) = self.bits.get_mut(word) {
                    *word &= !bit;
                }
            }
            self.highest = number;
        }
        let (word, bit) = place(number);
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        if let Some(word) = self.bits.get_mut(word) {
            *word |= bit;
        }
    }
}

/// The word of a number in the ring, and its bit there.
fn place(number: u64) -> (usize, u64) {
    let place = number % WIDTH;
    // Below WORDS, so no number is cut.
    ((place / 64) as usize % WORDS, 1 << (place % 64))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn arrives(window: &mut Window, number: u64) -> &'static str {
        match window.check(number) {
            Ok(()) => {
                window.mark(number);
                "new"
            }
            Err(E2eeError::Duplicate) => "seen",
            Err(E2eeError::TooOld) => "old",
            Err(_) => "else",
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_set(steps in prop::collection::vec((0_u64..4 * WIDTH, 0_u64..2 * WIDTH), 1..300)) {
            let (mut window, mut set, mut base) = (Window::default(), BTreeSet::new(), 1);
            for (back, ahead) in steps {
                for number in [base + ahead, (base + ahead).saturating_sub(back).max(1)] {
                    let highest = set.last().copied().unwrap_or(0);
                    let expected = if set.contains(&number) && number + WIDTH > highest {
                        "seen"
                    } else if number + WIDTH <= highest {
                        "old"
                    } else {
                        "new"
                    };
                    prop_assert_eq!(arrives(&mut window, number), expected);
                    set.insert(number);
                }
                base += ahead / 2;
            }
        }
    }

    #[test]
    fn the_last_numbers_there_are_do_not_overflow() {
        let mut window = Window::default();
        for number in [1, u64::MAX - 1, u64::MAX] {
            assert_eq!(arrives(&mut window, number), "new");
            assert_eq!(arrives(&mut window, number), "seen");
        }
        assert_eq!(arrives(&mut window, u64::MAX - WIDTH + 1), "new");
        assert_eq!(arrives(&mut window, u64::MAX - WIDTH), "old");
        assert_eq!(window.bits.len(), WORDS);
    }
}
