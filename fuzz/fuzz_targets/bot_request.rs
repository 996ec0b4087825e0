#![no_main]
//! What anybody may send to a bot.

use coco_chatbot::protocol::Request;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match Request::parse(bytes, 7) {
        Ok(request) => {
            // What was understood is written as v2 and understood again.
            let again = Request::parse(&request.body(), 7).expect("a request can be written");
            assert_eq!((again.user_id, again.event), (request.user_id, request.event));
        }
        Err(refusal) => assert_eq!(refusal.timestamp, 7),
    }
});
