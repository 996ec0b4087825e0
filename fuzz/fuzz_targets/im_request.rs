//! Requests to the messaging engine: whatever comes in, an answer with a code of the document goes out, and no handler
//! fails by a defect.
#![no_main]

use std::sync::LazyLock;

use coco_im::Code;
use coco_im::testing::Lab;
use libfuzzer_sys::fuzz_target;

static LAB: LazyLock<Lab> = LazyLock::new(Lab::new);

fuzz_target!(|data: &[u8]| {
    let answer = LAB.engine.answer_text(data);
    let code = Code::from_number(answer.code);
    assert!(code.is_some_and(|code| code != Code::EXCEPTION), "{answer:?}");
    assert!(answer.code == 200 || answer.data.is_null(), "{answer:?}");
    // Somebody may have logged out.
    if LAB.engine.session().is_err() {
        LAB.enter("1");
    }
});
