use std::time::Duration;

use coco_net::protocol::{ALPN, Refusal, Reply, Request};
use coco_net::wire;
use tokio::time::timeout;

use crate::actors::{Device, Home, TOKEN, id};

/// Whether a condition holds soon.
async fn soon(mut condition: impl FnMut() -> bool) -> bool {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(20), waiting).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_are_counted_and_harm_nobody() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let mallory = Device::new(2, &home.node).await;
    let ticket = home.node.ticket();
    mallory.endpoint.learn(&ticket.node, &ticket.place);
    let connection = mallory.endpoint.connect(&ticket.node, ALPN).await.unwrap();
    let frames: [&[u8]; 5] = [
        &[0xff; 8],
        &[0, 0, 0, 1, 250],
        &[0, 0, 0, 9, 0, 0],
        &[0, 0, 0, 0],
        b"GET / HTTP/1.1\r\n\r\n",
    ];
    for frame in frames {
        let (mut send, mut receive) = connection.open_bi().await.unwrap();
        send.write_all(frame).await.unwrap();
        send.finish().unwrap();
        let reply: Option<Reply> = wire::read(&mut receive, 1000).await.unwrap();
        assert_eq!(reply, Some(Err(Refusal::Malformed)), "{frame:?}");
    }
    assert_eq!(home.node.counters().malformed, 5);
    alice
        .client
        .put(alice.key(), Some(TOKEN), id(1), b"fine")
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_stay_silent_are_dropped() {
    let home = Home::with(|mut options| {
        options.limits.under_way = 4;
        options.limits.patience = Duration::from_millis(200);
        options
    })
    .await;
    let alice = Device::at_home(1, &home.node).await;
    let ticket = home.node.ticket();
    let mallory = Device::new(2, &home.node).await;
    mallory.endpoint.learn(&ticket.node, &ticket.place);
    let connection = mallory.endpoint.connect(&ticket.node, ALPN).await.unwrap();
    let mut silent = Vec::new();
    for _ in 0..20 {
        let (mut send, receive) = connection.open_bi().await.unwrap();
        send.write_all(&[0]).await.unwrap();
        silent.push((send, receive));
    }
    alice
        .client
        .put(alice.key(), Some(TOKEN), id(1), b"fine")
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_is_asked_for_patience() {
    let home = Home::with(|mut options| {
        options.limits.requests = 0.001;
        options.limits.requests_at_once = 50.0;
        options
    })
    .await;
    let mallory = Device::new(2, &home.node).await;
    for _ in 0..50 {
        mallory.client.list_of([1; 32]).await.unwrap();
    }
    for _ in 0..50 {
        let error = mallory.client.list_of([1; 32]).await.unwrap_err();
        assert!(error.is_passing(), "{error}");
    }
    let counters = home.node.counters();
    assert_eq!((counters.requests, counters.refused), (100, 50));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_source_has_so_many_connections_and_gets_them_back() {
    let home = Home::with(|mut options| {
        options.limits.connections_of_source = 3;
        options
    })
    .await;
    let ticket = home.node.ticket();
    let mut open = Vec::new();
    for seed in 10..13 {
        let device = Device::new(seed, &home.node).await;
        device.client.list_of([1; 32]).await.unwrap();
        open.push(device);
    }
    assert_eq!(home.node.counters().connections, 3);
    let device = Device::new(20, &home.node).await;
    device.endpoint.learn(&ticket.node, &ticket.place);
    assert!(device.endpoint.connect(&ticket.node, ALPN).await.is_err());
    assert!(home.node.counters().turned_away > 0);
    open.pop().unwrap().client.close().await;
    assert!(soon(|| home.node.counters().connections == 2).await);
    device.client.list_of([1; 32]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_that_is_too_long_is_not_even_read() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let put = Request::Put {
        mailbox: alice.key(),
        token: Some(TOKEN),
        id: id(1),
        envelope: vec![0; 1024 * 1024 + 1],
    };
    let ticket = home.node.ticket();
    let connection = alice.endpoint.connect(&ticket.node, ALPN).await.unwrap();
    let (mut send, mut receive) = connection.open_bi().await.unwrap();
    wire::write(&mut send, &put).await.unwrap();
    let reply: Option<Reply> = wire::read(&mut receive, 1000).await.unwrap();
    assert_eq!(reply, Some(Err(Refusal::TooLarge)));
}
