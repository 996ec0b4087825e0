use coco_net::{NodeClient, Place, Ticket};

use crate::actors::{Device, Home, TOKEN, drain, id, loopback};

/// Who is given only the relay's address still reaches the node, also as nobody.
#[tokio::test(flavor = "multi_thread")]
async fn the_node_is_reached_through_its_own_relay() {
    let home = Home::with(|mut options| {
        options.relay = Some(loopback());
        options
    })
    .await;
    let alice = Device::at_home(1, &home.node).await;
    let ticket = home.node.ticket();
    assert_eq!(ticket.to_string().parse(), Ok(ticket.clone()));
    let relayed = Ticket {
        place: Place {
            sockets: vec![],
            ..ticket.place
        },
        ..ticket
    };
    assert!(relayed.place.relay.is_some());
    let bob = Device::new(2, &home.node).await;
    let client = NodeClient::new(bob.endpoint.clone(), relayed);
    client
        .put(alice.key(), Some(TOKEN), id(1), b"through the relay")
        .await
        .unwrap();
    assert_eq!(drain(&alice.client, 0).await[0].envelope, b"through the relay");
}
