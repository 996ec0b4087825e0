//! What happens on a day, drawn from a seed.

use std::env;
use std::time::Duration;

use fastrand::Rng;

/// One thing that happens. People are numbered from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Somebody sends a text to somebody.
    Say {
        /// Who sends it.
        from: usize,
        /// Who is to get it.
        to: usize,
    },
    /// The same, and the sender's engine is killed so long after the request began.
    SayAndDie {
        /// Who sends it.
        from: usize,
        /// Who is to get it.
        to: usize,
        /// How long the engine has.
        after: Duration,
    },
    /// Somebody's engine is killed.
    Kill(usize),
    /// Somebody's engine is told to end.
    Stop(usize),
    /// Somebody's engine is started again, and its owner logs in.
    Wake(usize),
    /// The node is killed.
    KillNode,
    /// The node is told to end.
    StopNode,
    /// The node is started again.
    WakeNode,
    /// All links of somebody are cut.
    CutOff(usize),
    /// All links are whole again.
    HealAll,
    /// The links become good or bad: delay, jitter, loss and copies of so many hundredths of the worst.
    Weather(u8),
    /// Nothing for a while, so that what is under way comes further.
    Rest(Duration),
}

/// What may happen besides people talking and their engines dying.
#[derive(Debug, Clone, Copy, Default)]
pub struct Powers {
    /// The node may die.
    pub node: bool,
    /// Links may fail.
    pub links: bool,
}

/// What happens, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it was drawn from.
    pub seed: u64,
    /// How many people there are.
    pub people: usize,
    /// What happens.
    pub actions: Vec<Action>,
}

/// The seed that the environment names (`RIG_SEED`), or any.
#[must_use]
pub fn seed() -> u64 {
    number("RIG_SEED").unwrap_or_else(|| fastrand::u64(..1_000_000))
}

/// The rounds that the environment names (`RIG_ROUNDS`), or as many as given.
#[must_use]
pub fn rounds(usual: usize) -> usize {
    number("RIG_ROUNDS")
        .and_then(|rounds| usize::try_from(rounds).ok())
        .unwrap_or(usual)
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.trim().parse().ok()
}

impl Plan {
    /// Draws so many actions for so many people (at least two).
    #[must_use]
    pub fn new(seed: u64, rounds: usize, people: usize, powers: Powers) -> Self {
        let people = people.max(2);
        let mut drawing = Drawing {
            random: Rng::with_seed(seed),
            awake: vec![true; people],
            node: true,
            whole: true,
            powers,
        };
        let actions = (0..rounds).map(|_| drawing.draw()).collect();
        Self { seed, people, actions }
    }
}

struct Drawing {
    random: Rng,
    awake: Vec<bool>,
    node: bool,
    whole: bool,
    powers: Powers,
}

impl Drawing {
    fn draw(&mut self) -> Action {
        let who = self.random.usize(..self.awake.len());
        let action = match self.random.u8(..100) {
            0..4 if self.is_awake(who) => Action::Kill(who),
            4..6 if self.is_awake(who) => Action::Stop(who),
            6..11 => self.words(|from, to, random| Action::SayAndDie {
                from,
                to,
                after: Duration::from_micros(random.u64(..8_000)),
            }),
            11..14 if self.powers.node && self.node => Action::KillNode,
            14..15 if self.powers.node && self.node => Action::StopNode,
            11..20 if !self.node => Action::WakeNode,
            20..24 if self.powers.links => Action::CutOff(who),
            24..32 if !self.whole => Action::HealAll,
            32..36 if self.powers.links => Action::Weather(self.random.u8(..=100)),
            36..42 => Action::Rest(Duration::from_millis(self.random.u64(..400))),
            42..54 if !self.is_awake(who) => Action::Wake(who),
            _ => self.words(|from, to, _| Action::Say { from, to }),
        };
        self.follow(&action);
        action
    }

    /// Somebody who is awake says something to somebody; if nobody is, somebody wakes up.
    fn words(&mut self, say: impl Fn(usize, usize, &mut Rng) -> Action) -> Action {
        let awake: Vec<_> = (0..self.awake.len()).filter(|who| self.is_awake(*who)).collect();
        let Some(from) = self.random.choice(awake) else {
            return Action::Wake(self.random.usize(..self.awake.len()));
        };
        let to = (from + self.random.usize(1..self.awake.len())) % self.awake.len();
        say(from, to, &mut self.random)
    }

    fn is_awake(&self, who: usize) -> bool {
        self.awake.get(who).copied().unwrap_or_default()
    }

    /// Remembers what is so after an action.
    fn follow(&mut self, action: &Action) {
        let (who, awake) = match action {
            Action::Kill(who) | Action::Stop(who) | Action::SayAndDie { from: who, .. } => (*who, false),
            Action::Wake(who) => (*who, true),
            Action::KillNode | Action::StopNode => return self.node = false,
            Action::WakeNode => return self.node = true,
            Action::CutOff(_) => return self.whole = false,
            Action::HealAll => return self.whole = true,
            Action::Say { .. } | Action::Weather(_) | Action::Rest(_) => return,
        };
        if let Some(state) = self.awake.get_mut(who) {
            *state = awake;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Powers = Powers {
        node: true,
        links: true,
    };

    #[test]
    fn a_seed_draws_the_same_day_and_another_seed_another() {
        let plan = Plan::new(5, 500, 3, ALL);
        assert_eq!(plan, Plan::new(5, 500, 3, ALL));
        assert_ne!(plan, Plan::new(6, 500, 3, ALL));
        assert_eq!(plan.actions.len(), 500);
    }

    #[test]
    fn only_who_is_awake_speaks_and_only_what_is_there_fails() {
        let plan = Plan::new(1, 5_000, 3, ALL);
        let (mut awake, mut node) = (vec![true; 3], true);
        let mut kinds = std::collections::BTreeSet::new();
        for action in &plan.actions {
            kinds.insert(format!("{action:?}").split(['(', ' ']).next().unwrap().to_owned());
            match *action {
                Action::Say { from, to } => assert!(awake[from] && from != to),
                Action::SayAndDie { from, to, .. } => {
                    assert!(awake[from] && from != to);
                    awake[from] = false;
                }
                Action::Kill(who) | Action::Stop(who) => assert!(std::mem::replace(&mut awake[who], false)),
                Action::Wake(who) => assert!(!std::mem::replace(&mut awake[who], true)),
                Action::KillNode | Action::StopNode => assert!(std::mem::replace(&mut node, false)),
                Action::WakeNode => assert!(!std::mem::replace(&mut node, true)),
                _ => {}
            }
        }
        assert_eq!(kinds.len(), 12, "{kinds:?}");
        let alone = Plan::new(1, 5_000, 2, Powers::default());
        let failing = |action: &&Action| {
            matches!(
                action,
                Action::KillNode | Action::StopNode | Action::WakeNode | Action::CutOff(_) | Action::Weather(_)
            )
        };
        assert_eq!(alone.actions.iter().find(failing), None);
    }
}
