use coco_net::protocol::{Pushed, Refusal, token_hash};
use coco_net::{ClientError, NodeClient};

use crate::actors::{DAY, Device, Home, TOKEN, User, drain, entry, id, next};

fn refused<T: std::fmt::Debug>(result: Result<T, ClientError>) -> Refusal {
    match result {
        Err(ClientError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_there_comes_first_then_what_arrives() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let bob = Device::new(2, &home.node).await;
    for number in 0..200 {
        bob.client
            .put(alice.key(), Some(TOKEN), id(number), &number.to_be_bytes())
            .await
            .unwrap();
    }
    let mut subscription = alice.client.subscribe(0).await.unwrap();
    let mut last = 0;
    for number in 0..200_u64 {
        let entry = entry(&mut subscription).await;
        assert_eq!(entry.envelope, number.to_be_bytes());
        assert!(entry.number > last && !entry.stranger);
        last = entry.number;
    }
    assert_eq!(next(&mut subscription).await, Pushed::Drained);
    bob.client
        .put(alice.key(), Some(TOKEN), id(1000), b"live")
        .await
        .unwrap();
    assert_eq!(entry(&mut subscription).await.envelope, b"live");
    alice.client.acknowledge(last).await.unwrap();
    let left: Vec<_> = drain(&alice.client, 0)
        .await
        .into_iter()
        .map(|entry| entry.envelope)
        .collect();
    assert_eq!(left, [b"live"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn repeating_a_put_does_not_double_it_even_after_it_was_fetched() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let bob = Device::new(2, &home.node).await;
    for _ in 0..2 {
        bob.client.put(alice.key(), Some(TOKEN), id(1), b"once").await.unwrap();
    }
    let found = drain(&alice.client, 0).await;
    assert_eq!(found.len(), 1);
    alice.client.acknowledge(found[0].number).await.unwrap();
    bob.client.put(alice.key(), Some(TOKEN), id(1), b"once").await.unwrap();
    assert!(drain(&alice.client, 0).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_have_little_room_and_contacts_do_not_lose_theirs() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let mallory = Device::new(2, &home.node).await;
    for number in 0..100 {
        mallory
            .client
            .put(alice.key(), None, id(number), b"hello")
            .await
            .unwrap();
    }
    assert_eq!(
        refused(mallory.client.put(alice.key(), None, id(100), b"hello").await),
        Refusal::Full
    );
    mallory.client.put(alice.key(), None, id(99), b"hello").await.unwrap();
    let long = vec![0; 16 * 1024 + 1];
    assert_eq!(
        refused(mallory.client.put(alice.key(), None, id(101), &long).await),
        Refusal::TooLarge
    );
    assert_eq!(
        refused(mallory.client.put(alice.key(), Some([1; 32]), id(102), b"guess").await),
        Refusal::Token
    );
    let largest = vec![7; 1024 * 1024];
    mallory
        .client
        .put(alice.key(), Some(TOKEN), id(103), &largest)
        .await
        .unwrap();
    let found = drain(&alice.client, 0).await;
    assert_eq!(found.len(), 101);
    assert!(found[0].stranger);
    assert_eq!(found[100].envelope, largest);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_can_be_replaced() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let bob = Device::new(2, &home.node).await;
    alice
        .client
        .set_tokens(vec![token_hash(&[9; 32]), token_hash(&TOKEN)])
        .await
        .unwrap();
    bob.client.put(alice.key(), Some([9; 32]), id(1), b"new").await.unwrap();
    bob.client.put(alice.key(), Some(TOKEN), id(2), b"old").await.unwrap();
    alice.client.set_tokens(vec![token_hash(&[9; 32])]).await.unwrap();
    assert_eq!(
        refused(bob.client.put(alice.key(), Some(TOKEN), id(3), b"old").await),
        Refusal::Token
    );
    assert_eq!(
        refused(alice.client.set_tokens(vec![[0; 32]; 5]).await),
        Refusal::TooLarge
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_or_fills_a_mailbox_that_is_not_there() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let mallory = Device::new(2, &home.node).await;
    assert_eq!(
        refused(mallory.client.put(mallory.key(), None, id(1), b"x").await),
        Refusal::NotServed
    );
    assert_eq!(refused(mallory.client.subscribe(0).await), Refusal::NotServed);
    assert_eq!(refused(mallory.client.acknowledge(9).await), Refusal::NotServed);
    // Naming somebody else's device in a list gives no hold of it.
    let theft = User::new(2).listing(1, &[&mallory, &alice]);
    mallory.client.publish(theft).await.unwrap();
    mallory
        .client
        .put(alice.key(), Some(TOKEN), id(1), b"for alice")
        .await
        .unwrap();
    mallory
        .client
        .publish(User::new(2).listing(2, &[&mallory]))
        .await
        .unwrap();
    assert_eq!(drain(&alice.client, 0).await.len(), 1);
    assert!(drain(&mallory.client, 0).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_device_loses_its_mailbox_and_what_runs() {
    let home = Home::new().await;
    let user = User::new(1);
    let phone = Device::at_home(1, &home.node).await;
    let laptop = Device::new(3, &home.node).await;
    let both = user.listing(2, &[&phone, &laptop]);
    phone.client.publish(both.clone()).await.unwrap();
    laptop.client.publish(both).await.unwrap();
    phone.client.put(laptop.key(), None, id(1), b"x").await.unwrap();
    let mut subscription = laptop.client.subscribe(0).await.unwrap();
    assert_eq!(entry(&mut subscription).await.envelope, b"x");
    phone.client.publish(user.listing(3, &[&phone])).await.unwrap();
    assert_eq!(
        refused(phone.client.put(laptop.key(), None, id(2), b"x").await),
        Refusal::NotServed
    );
    assert_eq!(refused(laptop.client.subscribe(0).await), Refusal::NotServed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_fetches_expires_after_thirty_days() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    alice.client.put(alice.key(), Some(TOKEN), id(1), b"old").await.unwrap();
    home.time.pass(29 * DAY);
    alice
        .client
        .put(alice.key(), Some(TOKEN), id(2), b"young")
        .await
        .unwrap();
    home.node.expire().await.unwrap();
    assert_eq!(drain(&alice.client, 0).await.len(), 2);
    home.time.pass(DAY + 1);
    home.node.expire().await.unwrap();
    let left = drain(&alice.client, 0).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].envelope, b"young");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_everything() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    alice
        .client
        .put(alice.key(), Some(TOKEN), id(1), b"kept")
        .await
        .unwrap();
    let id_before = home.node.id();
    let home = home.restart().await;
    assert_eq!(home.node.id(), id_before);
    let client = NodeClient::new(alice.endpoint.clone(), home.node.ticket());
    let found = drain(&client, 0).await;
    assert_eq!(found[0].envelope, b"kept");
    client.put(alice.key(), Some(TOKEN), id(1), b"kept").await.unwrap();
    client.acknowledge(found[0].number).await.unwrap();
    let home = home.restart().await;
    let client = NodeClient::new(alice.endpoint.clone(), home.node.ticket());
    client.put(alice.key(), Some(TOKEN), id(2), b"next").await.unwrap();
    let left = drain(&client, 0).await;
    assert_eq!(left.len(), 1);
    assert!(left[0].number > found[0].number, "a number was used again");
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_senders_all_arrive_once_and_each_in_its_order() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let mut subscription = alice.client.subscribe(0).await.unwrap();
    assert_eq!(next(&mut subscription).await, Pushed::Drained);
    let senders: Vec<_> = (0..8_u64)
        .map(|sender| {
            let (client, mailbox) = (alice.client.clone(), alice.key());
            tokio::spawn(async move {
                for number in 0..50_u64 {
                    let envelope = [sender.to_be_bytes(), number.to_be_bytes()].concat();
                    client
                        .put(mailbox, Some(TOKEN), id(sender * 1000 + number), &envelope)
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    let mut next_of = [0_u64; 8];
    for _ in 0..400 {
        let entry = entry(&mut subscription).await;
        let (sender, number) = entry.envelope.split_at(8);
        let sender = usize::try_from(u64::from_be_bytes(sender.try_into().unwrap())).unwrap();
        assert_eq!(u64::from_be_bytes(number.try_into().unwrap()), next_of[sender]);
        next_of[sender] += 1;
    }
    for sender in senders {
        sender.await.unwrap();
    }
    assert_eq!(next_of, [50; 8]);
}
