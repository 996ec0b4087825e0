//! What is done at the same time ends the same everywhere, and those who have the say have it.

use coco_ledger::OperationId;
use coco_ledger::group::{Deed, Outcome, Rank, Refusal, Setting};

use crate::actors::{Actor, add, appoint, device_key, dismiss, gather, named, remove, transfer, user};

/// Person 1 owns the group, 2 and 3 are administrators, 4 and 5 members.
fn group() -> Actor {
    let mut owner = Actor::founder(1, &[2, 3, 4, 5]);
    owner.succeeds(appoint(&[2, 3]));
    owner
}

/// Asserts that an operation has no effect; whether as overruled or as late depends on its id.
fn void(actor: &Actor, id: &OperationId) {
    assert!(matches!(actor.outcome(id), Outcome::Void(_)));
}

#[test]
fn a_removal_beats_what_the_removed_did_at_the_same_time() {
    let mut owner = group();
    let mut second = owner.beside(2, 0);
    // Whichever side did more: the order by depth alone would let some of it through.
    for before in 0..3 {
        second.does(named(&format!("before {before}")));
    }
    let added = second.does(add(&[9]));
    let mut ninth = second.beside(9, 0);
    let of_ninth = ninth.does(named("Nine's"));
    owner.does(named("Owner's"));
    owner.succeeds(remove(&[2]));
    gather(&mut [&mut owner, &mut second, &mut ninth]);
    void(&owner, &added);
    assert_eq!(owner.outcome(&of_ninth), Outcome::Void(Refusal::Outside));
    assert_eq!((owner.rank(2), owner.rank(9)), (None, None));
    assert_eq!(owner.group.state().name, "Owner's");
    // What is built on it by the removed counts for nothing either.
    let later = second.does(named("later"));
    assert_eq!(second.outcome(&later), Outcome::Void(Refusal::Outside));
    // Whoever is brought in again acts again; what was overruled stays so.
    gather(&mut [&mut owner, &mut second]);
    owner.succeeds(add(&[2]));
    second.hears(&owner);
    second.succeeds(named("Back"));
    void(&second, &added);
}

#[test]
fn whoever_is_out_does_not_act_before_hearing_that_they_are_in_again() {
    let mut owner = group();
    owner.succeeds(remove(&[4]));
    let mut fourth = owner.beside(4, 0);
    let acts = [1, 2, 3].map(|number| fourth.does(named(&format!("Still here {number}"))));
    owner.succeeds(add(&[4]));
    gather(&mut [&mut owner, &mut fourth]);
    for act in &acts {
        void(&owner, act);
    }
    fourth.succeeds(named("Here again"));
}

#[test]
fn a_removal_holds_for_who_was_brought_in_by_somebody_who_is_removed_too() {
    // The order of some depends on their ids: each order comes up.
    for variant in 0..8 {
        let mut owner = group();
        owner.succeeds(named(&format!("variant {variant}")));
        let mut tablet = owner.beside(1, 1);
        let mut third = owner.beside(3, 0);
        let mut fourth = owner.beside(4, 0);
        fourth.succeeds(add(&[9]));
        owner.hears(&fourth);
        owner.succeeds(remove(&[9]));
        // The owner's tablet does not know what the fourth did, nor does the third, who brings in the same person.
        tablet.succeeds(remove(&[4]));
        for number in 0..3 {
            third.succeeds(named(&format!("deeper {number}")));
        }
        third.succeeds(add(&[9]));
        let mut ninth = third.beside(9, 0);
        let act = ninth.succeeds(named("Nine's"));
        gather(&mut [&mut owner, &mut tablet, &mut third, &mut fourth, &mut ninth]);
        void(&owner, &act);
    }
}

#[test]
fn of_two_who_remove_each_other_the_higher_rank_stays() {
    let mut owner = group();
    let mut second = owner.beside(2, 0);
    owner.does(dismiss(&[2]));
    let against = second.does(remove(&[4]));
    gather(&mut [&mut owner, &mut second]);
    void(&owner, &against);
    assert_eq!((owner.rank(2), owner.rank(4)), (Some(Rank::Member), Some(Rank::Member)));

    // An administrator removes a member whom the owner appoints, and who removes others then.
    let mut owner = group();
    let mut second = owner.beside(2, 0);
    let removal = second.does(remove(&[4]));
    owner.does(named("deeper"));
    owner.does(appoint(&[4]));
    let mut fourth = owner.beside(4, 0);
    let theirs = fourth.does(remove(&[5]));
    gather(&mut [&mut owner, &mut second, &mut fourth]);
    void(&owner, &removal);
    assert_eq!(owner.outcome(&theirs), Outcome::Effective);
    assert_eq!((owner.rank(4), owner.rank(5)), (Some(Rank::Administrator), None));
}

#[test]
fn of_two_who_hand_over_by_two_devices_the_lower_id_counts() {
    let mut owner = group();
    let mut tablet = owner.beside(1, 1);
    let one = owner.does(transfer(4));
    let two = tablet.does(transfer(5));
    let mut fourth = owner.beside(4, 0);
    let fourth_act = fourth.does(remove(&[2]));
    let mut fifth = tablet.beside(5, 0);
    let fifth_act = fifth.does(remove(&[3]));
    gather(&mut [&mut owner, &mut tablet, &mut fourth, &mut fifth]);
    let (won, lost, heir, other) = if one < two {
        (one, two, (4, fourth_act), (5, fifth_act))
    } else {
        (two, one, (5, fifth_act), (4, fourth_act))
    };
    assert_eq!(owner.outcome(&won), Outcome::Effective);
    void(&owner, &lost);
    assert_eq!(
        (owner.rank(heir.0), owner.rank(other.0)),
        (Some(Rank::Owner), Some(Rank::Member))
    );
    assert_eq!(owner.outcome(&heir.1), Outcome::Effective);
    assert_eq!(owner.outcome(&other.1), Outcome::Void(Refusal::NotAdministrator));
}

#[test]
fn whoever_handed_over_cannot_act_as_if_they_had_not() {
    let mut owner = group();
    let mut tablet = owner.beside(1, 1);
    owner.succeeds(transfer(4));
    let mut fourth = owner.beside(4, 0);
    fourth.succeeds(named("Mine"));
    // Made to look as old as the transfer.
    let dissolved = tablet.does(Deed::Dissolve);
    let removed = tablet.does(remove(&[4]));
    gather(&mut [&mut owner, &mut tablet, &mut fourth]);
    void(&owner, &dissolved);
    void(&owner, &removed);
    assert_eq!((owner.rank(4), owner.rank(1)), (Some(Rank::Owner), Some(Rank::Member)));
    assert!(!owner.group.state().dissolved);
}

#[test]
fn nobody_undoes_what_those_above_have_built_on() {
    let mut owner = group();
    let mut second = owner.beside(2, 0);
    let mut old = owner.beside(4, 1);
    // Person 5 brings in 9, to whom the owner hands over.
    let mut fifth = owner.beside(5, 0);
    fifth.succeeds(add(&[9]));
    owner.hears(&fifth);
    owner.succeeds(transfer(9));
    let mut ninth = owner.beside(9, 0);
    ninth.succeeds(named("Nine's"));
    // An administrator, as if nothing of that were known, removes who brought in the new owner.
    let removal = second.does(remove(&[5]));
    old.does(named("Old"));
    gather(&mut [&mut owner, &mut second, &mut ninth, &mut fifth, &mut old]);
    assert_eq!(owner.outcome(&removal), Outcome::Effective);
    assert_eq!((owner.rank(5), owner.rank(9)), (None, Some(Rank::Owner)));
}

#[test]
fn nobody_removes_who_became_the_owner_at_the_same_time() {
    let mut owner = group();
    let mut second = owner.beside(2, 0);
    let mut fourth_tablet = owner.beside(4, 1);
    owner.does(named("deeper"));
    owner.does(named("deeper still"));
    owner.succeeds(transfer(4));
    let mut fourth = owner.beside(4, 0);
    fourth.succeeds(named("Mine"));
    let removal = second.does(remove(&[4]));
    let quit = fourth_tablet.does(Deed::Quit);
    gather(&mut [&mut owner, &mut second, &mut fourth, &mut fourth_tablet]);
    void(&owner, &removal);
    void(&owner, &quit);
    assert_eq!(owner.rank(4), Some(Rank::Owner));
    assert_eq!(owner.group.state().name, "Mine");
}

#[test]
fn the_dismissed_keep_what_members_may_do() {
    let mut owner = group();
    let mut second = owner.beside(2, 0);
    let renamed = second.does(named("Second's"));
    let notice = second.does(Deed::SetNotice {
        notice: "Now".to_owned(),
    });
    owner.succeeds(dismiss(&[2]));
    gather(&mut [&mut owner, &mut second]);
    assert_eq!(owner.outcome(&renamed), Outcome::Effective);
    void(&owner, &notice);
}

#[test]
fn whoever_quits_has_done_nothing_else_at_the_same_time() {
    let mut owner = group();
    let mut second = owner.beside(2, 0);
    let mut tablet = owner.beside(2, 1);
    let removal = tablet.does(remove(&[4]));
    second.does(Deed::Quit);
    gather(&mut [&mut owner, &mut second, &mut tablet]);
    void(&owner, &removal);
    assert_eq!((owner.rank(2), owner.rank(4)), (None, Some(Rank::Member)));
}

#[test]
fn restrictions_hold_for_what_members_do_at_the_same_time() {
    for (setting, theirs, administrators) in [
        (Setting::JoiningRestricted(true), add(&[8]), add(&[9])),
        (Setting::Approval(true), add(&[8]), add(&[9])),
        (Setting::RenameRestricted(true), named("Mine"), named("Ours")),
    ] {
        let mut owner = group();
        let mut member = owner.beside(4, 0);
        let mut second = owner.beside(2, 0);
        let theirs = member.does(theirs);
        let administrators = second.does(administrators);
        owner.does(Deed::SetNotice { notice: String::new() });
        owner.succeeds(Deed::SetConfig(setting));
        gather(&mut [&mut owner, &mut member, &mut second]);
        void(&owner, &theirs);
        assert_eq!(owner.outcome(&administrators), Outcome::Effective);
    }
}

#[test]
fn two_who_fill_the_last_place_do_not_make_too_many() {
    let mut owner = group();
    owner.succeeds(Deed::SetConfig(Setting::MemberLimit(6)));
    let mut second = owner.beside(2, 0);
    let one = owner.does(add(&[8]));
    let two = second.does(add(&[9]));
    gather(&mut [&mut owner, &mut second]);
    assert_eq!(owner.group.state().count(), 6);
    let (first, last) = (one.min(two), one.max(two));
    assert_eq!(owner.outcome(&first), Outcome::Effective);
    assert_eq!(owner.outcome(&last), Outcome::Void(Refusal::MemberLimit));
}

#[test]
fn what_a_revoked_device_does_does_not_count() {
    let mut owner = group();
    let mut stolen = owner.beside(1, 2);
    let known = stolen.does(named("Known"));
    owner.hears(&stolen);
    let hidden = stolen.does(Deed::Dissolve);
    // It tries to be first.
    let against = stolen.does(Deed::Revoke {
        device: device_key(1, 0).verifying_key().to_bytes(),
    });
    owner.version = 10;
    owner.does(named("deeper"));
    owner.does(named("deeper still"));
    let revocation = owner.succeeds(Deed::Revoke {
        device: device_key(1, 2).verifying_key().to_bytes(),
    });
    owner.succeeds(add(&[9]));
    gather(&mut [&mut owner, &mut stolen]);
    assert_eq!(owner.outcome(&known), Outcome::Effective);
    assert_eq!(owner.outcome(&hidden), Outcome::Void(Refusal::Revoked));
    assert_eq!(owner.outcome(&against), Outcome::Void(Refusal::Revoked));
    assert_eq!(owner.outcome(&revocation), Outcome::Effective);
    let later = stolen.does(remove(&[9]));
    assert_eq!(stolen.outcome(&later), Outcome::Void(Refusal::Revoked));
    assert_eq!(owner.rank(9), Some(Rank::Member));
    // Nobody else's device of the same key is meant, nor one that is in a newer list again.
    assert!(!owner.group.state().dissolved);
    let mut tablet = owner.beside(1, 1);
    tablet.version = 10;
    tablet.succeeds(named("Tablet's"));
    assert_eq!(
        tablet.group.state().member(&user(1)).map(|owner| owner.rank),
        Some(Rank::Owner)
    );
}
