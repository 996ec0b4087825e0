//! Requests of a page: whatever comes in, one answer that is JSON goes out, with the very id of the request.
#![no_main]

use std::time::Instant;

use coco_bridge::envelope;
use coco_bridge::machine::{Action, Machine};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let reply = match envelope::read(text) {
        Ok(request) => {
            assert!(request.data.get().starts_with('{'));
            request.reply
        }
        Err(refused) => refused.reply,
    };
    let mut machine = Machine::default();
    for action in machine.request(Instant::now(), text, ()) {
        let answer = match action {
            Action::Answer((), answer) => answer,
            Action::Run(job, _) => match machine.finished(job, &Ok(None)).pop() {
                Some(Action::Answer((), answer)) => answer,
                other => panic!("a finished call has no answer: {other:?}"),
            },
            other => panic!("one request alone: {other:?}"),
        };
        let echoed = envelope::read(&answer).map_or_else(|refused| refused.reply, |answer| answer.reply);
        assert_eq!(echoed, reply, "{answer}");
    }
});
