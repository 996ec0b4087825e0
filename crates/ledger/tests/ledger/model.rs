//! Groups where everybody knows everything, beside a plain model of the rules.

use std::collections::BTreeMap;

use coco_ledger::group::{Deed, Outcome, Rank, Setting};
use proptest::prelude::*;

use crate::actors::{Actor, gather, profile, user};
use crate::converge::deed;

/// The rules once more, as short as they can be said.
#[derive(Debug, Default)]
struct Model {
    /// 2 for the owner, 1 for administrators, 0 for members.
    ranks: BTreeMap<u8, u8>,
    name: String,
    closed: bool,
    rename: bool,
    approval: bool,
    limit: usize,
    dissolved: bool,
}

impl Model {
    /// Does what a person may do; whether there was anything.
    fn does(&mut self, person: u8, deed: &Deed) -> bool {
        let Some(rank) = self.ranks.get(&person).copied().filter(|_| !self.dissolved) else {
            return false;
        };
        let ranks = self.ranks.clone();
        let those = |users: &[[u8; 32]], may: &dyn Fn(u8) -> bool| -> Vec<u8> {
            let numbers = users.iter().map(|user| user[0]);
            numbers
                .filter(|number| ranks.get(number).is_some_and(|rank| may(*rank)))
                .collect()
        };
        match deed {
            Deed::Add { members } => {
                let new: Vec<u8> = members.iter().map(|member| member.user[0]).collect();
                let may = rank > 0 || !(self.closed || self.approval);
                may && self.join(new)
            }
            Deed::Admit { member } => rank > 0 && self.join(vec![member.user[0]]),
            Deed::Remove { members } => {
                let gone = those(members, &|theirs| rank > 0 && theirs < rank);
                for one in &gone {
                    self.ranks.remove(one);
                }
                !gone.is_empty()
            }
            Deed::Quit => {
                if rank < 2 {
                    self.ranks.remove(&person);
                }
                rank < 2
            }
            Deed::Dissolve => {
                self.dissolved = rank == 2;
                rank == 2
            }
            Deed::SetName { name } => {
                let may = rank > 0 || !self.rename;
                if may {
                    self.name.clone_from(name);
                }
                may
            }
            Deed::SetConfig(setting) if rank > 0 => match setting {
                Setting::JoiningRestricted(on) => {
                    self.closed = *on;
                    true
                }
                Setting::RenameRestricted(on) => {
                    self.rename = *on;
                    true
                }
                Setting::Approval(on) => {
                    self.approval = *on;
                    true
                }
                Setting::MemberLimit(limit) => {
                    let fits = usize::from(*limit) >= self.ranks.len();
                    if fits {
                        self.limit = usize::from(*limit);
                    }
                    fits
                }
                other => panic!("{other:?}"),
            },
            Deed::Appoint { members } if rank == 2 => {
                let appointed = those(members, &|theirs| theirs < 2);
                let mut after = self.ranks.clone();
                after.extend(appointed.iter().map(|one| (*one, 1)));
                let may = !appointed.is_empty() && after.values().filter(|rank| **rank == 1).count() <= 3;
                if may {
                    self.ranks = after;
                }
                may
            }
            Deed::Dismiss { members } if rank == 2 => {
                let dismissed = those(members, &|theirs| theirs < 2);
                self.ranks.extend(dismissed.iter().map(|one| (*one, 0)));
                !dismissed.is_empty()
            }
            Deed::Transfer { to } if rank == 2 => {
                let may = to[0] != person && self.ranks.contains_key(&to[0]);
                if may {
                    self.ranks.insert(person, 0);
                    self.ranks.insert(to[0], 2);
                }
                may
            }
            _ => false,
        }
    }

    fn join(&mut self, mut new: Vec<u8>) -> bool {
        new.retain(|one| !self.ranks.contains_key(one));
        let may = !new.is_empty() && self.ranks.len() + new.len() <= self.limit;
        if may {
            self.ranks.extend(new.into_iter().map(|one| (one, 0)));
        }
        may
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_group_that_everybody_follows_keeps_the_rules(
        deeds in proptest::collection::vec((1_u8..=5, deed()), 1..60),
    ) {
        let mut owner = Actor::founder(1, &[2, 3, 4]);
        // Person 5 is known, so that nothing of theirs is a stranger's.
        owner.does(Deed::Admit { member: profile(5) });
        let mut model = Model {
            ranks: [(1, 2), (2, 0), (3, 0), (4, 0), (5, 0)].into(),
            name: "Walkers".to_owned(),
            limit: 200,
            ..Model::default()
        };
        let mut actors: Vec<Actor> = (1..=5).map(|person| owner.beside(person, 0)).collect();
        let mut latest = 0;
        for (person, deed) in deeds {
            let before = latest;
            latest = usize::from(person) - 1;
            if before != latest {
                let [actor, known] = actors.get_disjoint_mut([latest, before]).unwrap();
                actor.hears(known);
            }
            let actor = &mut actors[latest];
            let id = actor.does(deed.clone());
            let expected = model.does(person, &deed);
            prop_assert_eq!(actor.outcome(&id) == Outcome::Effective, expected, "{:?}", deed);
            let state = actor.group.state();
            for number in 1..=6 {
                let rank = state.rank(&user(number)).map(|rank| match rank {
                    Rank::Member => 0,
                    Rank::Administrator => 1,
                    Rank::Owner => 2,
                });
                prop_assert_eq!(rank, model.ranks.get(&number).copied());
            }
            prop_assert_eq!(&state.name, &model.name);
            prop_assert_eq!(state.dissolved, model.dissolved);
        }
        let mut all: Vec<&mut Actor> = actors.iter_mut().collect();
        gather(&mut all);
    }
}
