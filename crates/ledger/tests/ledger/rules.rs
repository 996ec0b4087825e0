//! Every deed by every rank, under every restriction.

use coco_ledger::group::{
    ADMINISTRATORS, Change, Deed, Departure, MEMBERS, Picture, Profile, Rank, Refusal, Setting, changes,
};

use crate::actors::{Actor, add, appoint, dismiss, named, profile, profiles, remove, transfer, user};

/// Person 1 owns the group, 2 and 3 are administrators, 4 and 5 members; 6 was never in it.
fn group() -> Actor {
    let mut owner = Actor::founder(1, &[2, 3, 4, 5]);
    owner.succeeds(appoint(&[2, 3]));
    owner
}

fn setting(setting: Setting) -> Deed {
    Deed::SetConfig(setting)
}

/// Who may do a deed: the owner, an administrator, a member, somebody else. Each tries it on a fresh group.
fn by_rank(restricted: &[Setting], deed: &Deed, expected: [Result<(), Refusal>; 4]) {
    for (person, expected) in [1, 2, 4, 6].into_iter().zip(expected) {
        let mut owner = group();
        for one in restricted {
            owner.succeeds(setting(*one));
        }
        let mut actor = owner.beside(person, 0);
        match expected {
            Ok(()) => {
                actor.succeeds(deed.clone());
            }
            // A stranger's operation is not even kept: see `operations`.
            Err(refusal) if person == 6 => {
                assert_eq!(actor.group.check(&actor.author(), deed), Err(refusal), "{deed:?}");
            }
            Err(refusal) => actor.fails(deed.clone(), refusal),
        }
    }
}

const OUTSIDE: Result<(), Refusal> = Err(Refusal::Outside);
const ADMIN: Result<(), Refusal> = Err(Refusal::NotAdministrator);
const OWNER: Result<(), Refusal> = Err(Refusal::NotOwner);

#[test]
fn each_deed_has_the_rank_that_it_needs() {
    let picture = Picture {
        number: 3,
        url: String::new(),
    };
    let everybody = [
        add(&[7, 8]),
        named("Runners"),
        Deed::SetPicture {
            picture: picture.clone(),
        },
        Deed::SetNick {
            nickname: "Me".to_owned(),
        },
        Deed::SetProfile {
            nickname: String::new(),
            picture,
            domain: "me".to_owned(),
        },
    ];
    for deed in &everybody {
        by_rank(&[], deed, [Ok(()), Ok(()), Ok(()), OUTSIDE]);
    }
    let administrators = [
        Deed::Admit { member: profile(7) },
        remove(&[5]),
        Deed::SetNotice {
            notice: "Soon".to_owned(),
        },
        setting(Setting::MembersProtected(true)),
        setting(Setting::JoiningRestricted(true)),
        setting(Setting::AllMuted(true)),
        setting(Setting::RenameRestricted(true)),
        setting(Setting::Approval(true)),
        setting(Setting::QrJoining(true)),
        setting(Setting::MemberLimit(5)),
    ];
    for deed in &administrators {
        by_rank(&[], deed, [Ok(()), Ok(()), ADMIN, OUTSIDE]);
    }
    for deed in [appoint(&[5]), dismiss(&[3]), transfer(5), Deed::Dissolve] {
        by_rank(&[], &deed, [Ok(()), OWNER, OWNER, OUTSIDE]);
    }
    let limit = setting(Setting::AdministratorLimit(2));
    by_rank(&[], &limit, [Ok(()), OWNER, ADMIN, OUTSIDE]);
    by_rank(&[], &remove(&[3]), [Ok(()), OWNER, ADMIN, OUTSIDE]);
    by_rank(
        &[],
        &remove(&[1]),
        [Err(Refusal::OwnerCannotLeave), OWNER, ADMIN, OUTSIDE],
    );
    by_rank(
        &[],
        &Deed::Quit,
        [Err(Refusal::OwnerCannotLeave), Ok(()), Ok(()), OUTSIDE],
    );
}

#[test]
fn restrictions_bind_members_alone() {
    let restricted = [Ok(()), Ok(()), Err(Refusal::Restricted), OUTSIDE];
    by_rank(&[Setting::JoiningRestricted(true)], &add(&[7]), restricted);
    let approved = [Ok(()), Ok(()), Err(Refusal::Approval), OUTSIDE];
    by_rank(&[Setting::Approval(true)], &add(&[7]), approved);
    let both = [Setting::Approval(true), Setting::JoiningRestricted(true)];
    by_rank(&both, &add(&[7]), restricted);
    let lifted = [Setting::Approval(true), Setting::Approval(false)];
    by_rank(&lifted, &add(&[7]), [Ok(()), Ok(()), Ok(()), OUTSIDE]);
    for deed in [
        named("Runners"),
        Deed::SetPicture {
            picture: Picture::default(),
        },
    ] {
        by_rank(
            &[Setting::RenameRestricted(true)],
            &deed,
            [Ok(()), Ok(()), ADMIN, OUTSIDE],
        );
    }
    let nick = Deed::SetNick {
        nickname: "Me".to_owned(),
    };
    by_rank(
        &[Setting::RenameRestricted(true)],
        &nick,
        [Ok(()), Ok(()), Ok(()), OUTSIDE],
    );
    let mut owner = group();
    for person in 1..=6 {
        assert_eq!(owner.group.state().may_write(&user(person)), person < 6);
    }
    owner.succeeds(setting(Setting::AllMuted(true)));
    for person in 1..=6 {
        assert_eq!(owner.group.state().may_write(&user(person)), person < 4);
    }
}

#[test]
fn nothing_is_done_to_whom_it_cannot_be_done() {
    let mut owner = group();
    owner.fails(add(&[5]), Refusal::Already);
    owner.fails(Deed::Admit { member: profile(5) }, Refusal::Already);
    owner.fails(remove(&[6]), Refusal::NotMember);
    owner.fails(appoint(&[6]), Refusal::NotMember);
    owner.fails(appoint(&[1]), Refusal::Already);
    owner.fails(dismiss(&[6]), Refusal::NotMember);
    owner.fails(dismiss(&[1]), Refusal::Already);
    owner.fails(transfer(6), Refusal::NotMember);
    owner.fails(transfer(1), Refusal::Already);
}

#[test]
fn of_a_deed_only_some_of_which_is_possible_routes_refuse_all_and_groups_do_some() {
    let mut owner = group();
    let author = owner.author();
    for (deed, refusal) in [
        (add(&[5, 7]), Refusal::Already),
        (remove(&[5, 6]), Refusal::NotMember),
        (appoint(&[4, 6]), Refusal::NotMember),
    ] {
        assert_eq!(owner.group.check(&author, &deed), Err(refusal));
        owner.does(deed);
    }
    assert_eq!(
        [4, 5, 6, 7].map(|person| owner.rank(person)),
        [Some(Rank::Administrator), None, None, Some(Rank::Member)]
    );
}

#[test]
fn limits_hold() {
    let mut owner = group();
    owner.succeeds(appoint(&[4]));
    owner.fails(appoint(&[5]), Refusal::AdministratorLimit);
    owner.fails(setting(Setting::AdministratorLimit(2)), Refusal::AdministratorLimit);
    owner.succeeds(setting(Setting::AdministratorLimit(ADMINISTRATORS)));
    owner.succeeds(appoint(&[4, 5]));
    owner.fails(setting(Setting::MemberLimit(4)), Refusal::MemberLimit);
    owner.succeeds(setting(Setting::MemberLimit(6)));
    owner.fails(add(&[7, 8]), Refusal::MemberLimit);
    owner.succeeds(add(&[7]));
    owner.fails(Deed::Admit { member: profile(8) }, Refusal::MemberLimit);
    owner.succeeds(setting(Setting::MemberLimit(MEMBERS)));
    assert_eq!(
        owner
            .group
            .check(&owner.author(), &setting(Setting::MemberLimit(MEMBERS + 1))),
        Err(Refusal::MemberLimit)
    );
    let crowd = |from: u32, to: u32| Deed::Add {
        members: (from..to)
            .map(|number| {
                let mut one = profile(100);
                one.user[..4].copy_from_slice(&number.to_be_bytes());
                one
            })
            .collect::<Vec<Profile>>(),
    };
    owner.succeeds(crowd(0, 494));
    assert_eq!(owner.group.state().count(), usize::from(MEMBERS));
    owner.fails(crowd(494, 495), Refusal::MemberLimit);
}

#[test]
fn members_are_named_ranked_and_remembered_when_they_leave() {
    let mut owner = group();
    let mut fourth = owner.beside(4, 0);
    fourth.succeeds(Deed::SetNick {
        nickname: "Four".to_owned(),
    });
    fourth.succeeds(Deed::SetProfile {
        nickname: "Fourth".to_owned(),
        picture: Picture {
            number: 9,
            url: String::new(),
        },
        domain: "four".to_owned(),
    });
    let member = fourth.group.state().member(&user(4)).unwrap().clone();
    assert_eq!((&*member.profile.nickname, member.profile.picture.number), ("Four", 9));
    assert!(member.renamed);
    assert_eq!((&*member.profile.domain, member.inviter), ("four", user(1)));
    owner.hears(&fourth);
    let before = owner.group.state().clone();
    owner.succeeds(remove(&[4]));
    owner.succeeds(setting(Setting::Approval(true)));
    let mut third = owner.beside(3, 0);
    third.succeeds(Deed::Quit);
    owner.hears(&third);
    let state = owner.group.state();
    assert_eq!(state.departed[&user(4)].departure, Departure::Removed { by: user(1) });
    assert_eq!(state.departed[&user(4)].profile, member.profile);
    assert_eq!(state.departed[&user(3)].departure, Departure::Quit);
    assert_eq!(
        changes(&before, state),
        [
            Change::Config(Setting::Approval(true)),
            Change::Left(user(3), Some(Departure::Quit)),
            Change::Left(user(4), Some(Departure::Removed { by: user(1) })),
        ]
    );
    let listed: Vec<u8> = state.members().iter().map(|member| member.profile.user[0]).collect();
    assert_eq!(listed, [1, 2, 5]);
    let before = state.clone();
    owner.succeeds(add(&[4]));
    let state = owner.group.state();
    assert!(!state.departed.contains_key(&user(4)));
    assert_eq!(state.member(&user(4)).unwrap().profile, profile(4));
    assert_eq!(changes(&before, state), [Change::Joined(user(4))]);
}

#[test]
fn a_group_is_handed_over() {
    let mut owner = group();
    let before = owner.group.state().clone();
    owner.succeeds(transfer(4));
    let after = owner.group.state();
    assert_eq!(after.owner().unwrap().profile.user, user(4));
    let expected = [Change::Rank(user(1), Rank::Member), Change::Rank(user(4), Rank::Owner)];
    assert_eq!(changes(&before, after), expected);
    owner.fails(Deed::Dissolve, Refusal::NotOwner);
    owner.succeeds(Deed::Quit);
    assert_eq!(owner.rank(1), None);
    owner.fails(named("Mine"), Refusal::Outside);
}

#[test]
fn after_it_was_dissolved_nothing_counts() {
    let mut owner = group();
    owner.succeeds(Deed::Dissolve);
    assert!(owner.group.state().dissolved);
    assert!(!owner.group.state().may_write(&user(1)));
    for deed in [add(&[7]), named("Again"), Deed::Quit, Deed::Dissolve, remove(&[5])] {
        owner.fails(deed, Refusal::Dissolved);
    }
}

#[test]
fn refusals_have_the_codes_of_the_routes() {
    for (refusal, code) in [
        (Refusal::MemberLimit, 20034),
        (Refusal::OwnerCannotLeave, 20039),
        (Refusal::NotAdministrator, 20042),
        (Refusal::AdministratorLimit, 20044),
        (Refusal::NotMember, 20048),
        (Refusal::Already, 20049),
        (Refusal::Restricted, 20050),
        (Refusal::Approval, 20051),
        (Refusal::Dissolved, 20054),
        (Refusal::NotOwner, 20064),
    ] {
        assert_eq!(refusal.code(), code);
    }
}

#[test]
fn content_has_limits() {
    let owner = group();
    let author = owner.author();
    let long = "é".repeat(65);
    let nick = |nickname: &str| Deed::SetNick {
        nickname: nickname.to_owned(),
    };
    let mut named_long = profile(7);
    named_long.nickname.clone_from(&long);
    let mut pictured = profile(7);
    pictured.picture.url = "x".repeat(2_049);
    for (deed, refusal) in [
        (named(&long), Refusal::GroupName),
        (named("  "), Refusal::GroupNameForm),
        (named("a\nb"), Refusal::GroupNameForm),
        (nick(&long), Refusal::MemberName),
        (nick(" "), Refusal::MemberName),
        (
            Deed::SetNotice {
                notice: "é".repeat(2_001),
            },
            Refusal::Notice,
        ),
        (add(&[]), Refusal::Nobody),
        (add(&[7, 7]), Refusal::Twice),
        (remove(&[5, 5]), Refusal::Twice),
        (Deed::Admit { member: named_long }, Refusal::MemberName),
        (Deed::Admit { member: pictured }, Refusal::Picture),
        (
            setting(Setting::AdministratorLimit(ADMINISTRATORS + 1)),
            Refusal::AdministratorLimit,
        ),
        (Deed::Revoke { device: author.device }, Refusal::OwnDevice),
        (
            Deed::Create {
                name: "Again".to_owned(),
                founder: profile(1),
                members: profiles(&[2]),
            },
            Refusal::Founded,
        ),
    ] {
        assert_eq!(owner.group.check(&author, &deed), Err(refusal), "{deed:?}");
    }
    assert_eq!(owner.group.check(&author, &named(&"é".repeat(64))), Ok(()));
}
