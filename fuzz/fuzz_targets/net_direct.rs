//! What a device that nobody knows sends: frames, requests, answers and places are decoded or refused, and those that are decoded
//! are what they are encoded to again.
#![no_main]

use std::fmt::Debug;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use coco_net::peer::{Reply, Request};
use coco_net::{Place, wire};
use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Longest frame that is read.
const LONGEST: usize = 64 * 1024;

/// Reading from memory never waits.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("memory made somebody wait"),
    }
}

fn try_as<T: Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) {
    let mut stream = data;
    while let Ok(Some(value)) = now(wire::read::<T>(&mut stream, LONGEST)) {
        let frame = wire::encode(&value).expect("what was decoded can be encoded");
        let again = wire::decode::<T>(&frame[4..]).expect("what was encoded can be decoded");
        assert_eq!(again, value);
    }
}

fuzz_target!(|data: &[u8]| {
    try_as::<Request>(data);
    try_as::<Reply>(data);
    try_as::<Place>(data);
});
