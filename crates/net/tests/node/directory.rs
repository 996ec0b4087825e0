use coco_net::protocol::{Claimed, Listing, NameRecord, Owner, Prekeys, Refusal, Signature};
use coco_net::{ClientError, Place};

use crate::actors::{Device, Home, User, loopback};

fn refused<T: std::fmt::Debug>(result: Result<T, ClientError>) -> Refusal {
    match result {
        Err(ClientError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_found_by_user_and_only_grow() {
    let home = Home::new().await;
    let user = User::new(1);
    let device = Device::new(1, &home.node).await;
    assert_eq!(device.client.list_of(user.key()).await.unwrap(), None);
    let (first, second) = (user.listing(1, &[&device]), user.listing(2, &[&device]));
    device.client.publish(second.clone()).await.unwrap();
    device.client.publish(second.clone()).await.unwrap();
    assert_eq!(refused(device.client.publish(first).await), Refusal::Stale(2));
    let other = Listing::new(user.key(), 2, vec![], vec![], |text| user.sign(text));
    assert_eq!(refused(device.client.publish(other).await), Refusal::Stale(2));
    let anybody = Device::new(2, &home.node).await;
    assert_eq!(anybody.client.list_of(user.key()).await.unwrap(), Some(second));
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_lists_are_refused() {
    let home = Home::new().await;
    let (user, mallory) = (User::new(1), User::new(2));
    let device = Device::new(1, &home.node).await;
    let forged = Listing::new(user.key(), 1, vec![device.key()], vec![], |text| mallory.sign(text));
    assert_eq!(refused(device.client.publish(forged).await), Refusal::Forged);
    let genuine = user.listing(1, &[&device]);
    let changes: [fn(&mut Listing); 4] = [
        |listing| listing.version += 1,
        |listing| listing.body.push(0),
        |listing| listing.devices.push([3; 32]),
        |listing| listing.user = [3; 32],
    ];
    for change in changes {
        let mut forged = genuine.clone();
        change(&mut forged);
        assert_eq!(refused(device.client.publish(forged).await), Refusal::Forged);
    }
    let many = Listing::new(user.key(), 1, vec![[3; 32]; 11], vec![], |text| user.sign(text));
    assert_eq!(refused(device.client.publish(many).await), Refusal::Forged);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_allowed_are_served() {
    let allowed = User::new(1).key();
    let home = Home::with(|options| coco_net::node::NodeOptions {
        allowed: Some([allowed].into()),
        ..options
    })
    .await;
    let alice = Device::at_home(1, &home.node).await;
    let mallory = Device::new(2, &home.node).await;
    let list = User::new(2).listing(1, &[&mallory]);
    assert_eq!(refused(mallory.client.publish(list).await), Refusal::NotServed);
    mallory.client.put(alice.key(), None, [1; 16], b"hello").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn places_are_found_until_they_expire() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let bob = Device::new(2, &home.node).await;
    assert_eq!(bob.client.locate(alice.key()).await.unwrap(), None);
    let place = Place {
        sockets: vec![loopback()],
        relay: Some("http://127.0.0.1:3340/".to_owned()),
    };
    alice.client.announce(place.clone()).await.unwrap();
    assert_eq!(bob.client.locate(alice.key()).await.unwrap(), Some(place.clone()));
    bob.client.announce(place.clone()).await.unwrap();
    assert_eq!(alice.client.locate(bob.key()).await.unwrap(), Some(place.clone()));
    let long = Place {
        sockets: vec![loopback(); 17],
        relay: None,
    };
    assert_eq!(refused(alice.client.announce(long).await), Refusal::TooLarge);
    home.time.pass(600_000);
    assert_eq!(bob.client.locate(alice.key()).await.unwrap(), None);
    assert_eq!(alice.client.locate(bob.key()).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_one_time_key_goes_once_and_then_the_fallback() {
    let home = Home::with(|mut options| {
        options.limits.claims = 5;
        options
    })
    .await;
    let alice = Device::at_home(1, &home.node).await;
    let bob = Device::new(2, &home.node).await;
    assert_eq!(bob.client.claim_prekey(alice.key()).await.unwrap(), None);
    let prekeys = Prekeys {
        one_time: (0..3_u8).map(|number| vec![number; 100]).collect(),
        fallback: b"fallback".to_vec(),
    };
    assert_eq!(alice.client.publish_prekeys(prekeys.clone()).await.unwrap(), 3);
    assert_eq!(alice.client.publish_prekeys(prekeys).await.unwrap(), 3);
    for number in 0..3_u8 {
        let claimed = bob.client.claim_prekey(alice.key()).await.unwrap();
        assert_eq!(claimed, Some(Claimed::OneTime(vec![number; 100])));
    }
    let fallback = Some(Claimed::Fallback(b"fallback".to_vec()));
    assert_eq!(bob.client.claim_prekey(alice.key()).await.unwrap(), fallback);
    // Five claims of the hour are gone: nobody drains what is published anew.
    let more = Prekeys {
        one_time: vec![vec![9; 10]],
        fallback: vec![],
    };
    assert_eq!(alice.client.publish_prekeys(more).await.unwrap(), 1);
    assert_eq!(bob.client.claim_prekey(alice.key()).await.unwrap(), fallback);
    assert_eq!(alice.client.count_prekeys().await.unwrap(), 1);
    alice.client.clear_prekeys().await.unwrap();
    assert_eq!(bob.client.claim_prekey(alice.key()).await.unwrap(), None);
    let many = Prekeys {
        one_time: (0..101_u8).map(|number| vec![number]).collect(),
        fallback: vec![],
    };
    assert_eq!(refused(alice.client.publish_prekeys(many).await), Refusal::TooLarge);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_go_to_the_first_and_from_hand_to_hand() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let bob = Device::at_home(2, &home.node).await;
    let (a, b) = (User::new(1), User::new(2));
    let (of_a, of_b) = (Owner::User(a.key()), Owner::User(b.key()));
    let taken = NameRecord::new("coco-cat", of_a, 1, |text| a.sign(text));
    alice.client.name_register(taken.clone()).await.unwrap();
    alice.client.name_register(taken.clone()).await.unwrap();
    assert_eq!(bob.client.name_of("coco-cat").await.unwrap(), Some(taken.clone()));
    assert_eq!(bob.client.name_held_by(of_a).await.unwrap(), Some(taken));
    let again = NameRecord::new("coco-cat", of_b, 1, |text| b.sign(text));
    assert_eq!(refused(bob.client.name_register(again).await), Refusal::Taken);
    let second = NameRecord::new("second", of_a, 1, |text| a.sign(text));
    assert_eq!(refused(alice.client.name_register(second).await), Refusal::Taken);
    for name in ["ab", "Upper", "späce", &"x".repeat(33), ""] {
        let record = NameRecord::new(name, of_b, 1, |text| b.sign(text));
        assert_eq!(
            refused(bob.client.name_register(record).await),
            Refusal::Malformed,
            "{name}"
        );
    }
    let forged = NameRecord::new("forged", of_b, 1, |text| a.sign(text));
    assert_eq!(refused(bob.client.name_register(forged).await), Refusal::Forged);

    let handed = NameRecord::new("coco-cat", of_b, 2, |text| b.sign(text));
    let text = NameRecord::release_text("coco-cat", of_a, of_b, 2);
    let not_released = Signature::from(b.sign(&text));
    assert_eq!(
        refused(bob.client.name_transfer(handed.clone(), not_released).await),
        Refusal::Forged
    );
    let released = Signature::from(a.sign(&text));
    bob.client.name_transfer(handed.clone(), released).await.unwrap();
    bob.client.name_transfer(handed.clone(), released).await.unwrap();
    assert_eq!(alice.client.name_of("coco-cat").await.unwrap(), Some(handed));
    assert_eq!(alice.client.name_held_by(of_a).await.unwrap(), None);

    let group = User::new(77);
    let name = NameRecord::new("our-group", Owner::Group(group.key()), 1, |text| group.sign(text));
    alice.client.name_register(name).await.unwrap();
}
