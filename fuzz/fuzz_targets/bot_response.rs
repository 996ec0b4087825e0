#![no_main]
//! What somebody else's bot may answer.

use coco_chatbot::engine::{Answer, show, transcript};
use coco_chatbot::protocol::{Refusal, Response, answer_v1};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = serde_json::from_slice::<Refusal>(bytes);
    let Ok(response) = serde_json::from_slice::<Response>(bytes) else {
        return;
    };
    let written = serde_json::to_vec(&response).expect("an answer can be written");
    assert_eq!(
        serde_json::from_slice::<Response>(&written).ok().as_ref(),
        Some(&response)
    );
    if response.check().is_ok() {
        let _ = transcript(response.bubbles());
        let _ = show(&Answer {
            bubbles: response.bubbles().to_vec(),
            ..Answer::default()
        });
        let _ = answer_v1(&response);
    }
});
