#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::value::to_raw_value;

use super::*;

/// Actions as short text: `answer 1 {…}`, `supersede 1`, `run readFile`, `cancel`.
fn told(actions: &[Action<u32>]) -> Vec<String> {
    actions
        .iter()
        .map(|action| match action {
            Action::Answer(to, text) => format!("answer {to} {text}"),
            Action::Supersede(to) => format!("supersede {to}"),
            Action::Run(_, call) => format!("run {}", call.cmd()),
            Action::Cancel(_) => "cancel".to_owned(),
        })
        .collect()
}

fn job(actions: &[Action<u32>]) -> Job {
    actions
        .iter()
        .find_map(|action| {
            if let Action::Run(job, _) = action {
                Some(*job)
            } else {
                None
            }
        })
        .unwrap()
}

fn done() -> Result<Answer, BridgeError> {
    Ok(Some(to_raw_value("x").unwrap()))
}

#[test]
fn a_call_runs_and_is_answered_once() {
    let mut machine = Machine::default();
    let actions = machine.request(Instant::now(), r#"{"cmd":"getLanguage","messageId":7}"#, 1);
    assert_eq!(told(&actions), ["run getLanguage"]);
    let job = job(&actions);
    assert_eq!(
        told(&machine.finished(job, &done())),
        [r#"answer 1 {"code":200,"result":"x","cmd":"getLanguage","messageId":7}"#]
    );
    assert!(machine.finished(job, &done()).is_empty());
    assert_eq!((machine.bytes, machine.newest.len()), (0, 0));
}

#[test]
fn the_newer_of_two_alike_supersedes_the_older() {
    let mut machine = Machine::default();
    let older = job(&machine.request(Instant::now(), r#"{"cmd":"readFile","path":"a"}"#, 1));
    let actions = machine.request(Instant::now(), r#"{"cmd":"readFile","path":"b"}"#, 2);
    assert_eq!(told(&actions), ["cancel", "supersede 1", "run readFile"]);
    assert!(machine.finished(older, &done()).is_empty());
    let answer = machine.finished(job(&actions), &done());
    assert!(told(&answer).concat().starts_with("answer 2 "));
}

#[test]
fn a_refused_request_supersedes_too() {
    let mut machine = Machine::default();
    machine.request(Instant::now(), r#"{"cmd":"readFile","path":"a"}"#, 1);
    let actions = machine.request(Instant::now(), r#"{"cmd":"readFile","data":5}"#, 2);
    assert_eq!(told(&actions)[..2], ["cancel", "supersede 1"]);
    assert!(told(&actions).concat().contains("30001"));
}

#[test]
fn other_ids_and_other_commands_stand_side_by_side() {
    let mut machine = Machine::default();
    for (to, text) in [
        r#"{"cmd":"readFile","messageId":1}"#,
        r#"{"cmd":"readFile","messageId":"1"}"#,
        r#"{"cmd":"readFile"}"#,
        r#"{"cmd":"getAccount","messageId":1}"#,
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(
            machine.request(Instant::now(), text, u32::try_from(to).unwrap()).len(),
            1,
            "{text}"
        );
    }
    assert_eq!(machine.reset().len(), 8);
}

#[test]
fn unknown_and_reserved_names_do_not_exist() {
    let mut machine = Machine::default();
    for (cmd, why) in [
        ("nope", "does not exist"),
        ("writeFile", "is reserved"),
        ("READFILE", "does not exist"),
        ("", "does not exist"),
    ] {
        let told = told(&machine.request(Instant::now(), &format!(r#"{{"cmd":"{cmd}","messageId":1}}"#), 1)).concat();
        assert_eq!(
            told,
            format!(r#"answer 1 {{"code":30004,"message":"cmd: `{cmd}` {why}","cmd":"{cmd}","messageId":1}}"#)
        );
    }
}

#[test]
fn what_waits_is_bounded_in_number_and_size() {
    let mut machine = Machine::default();
    let (mut run, mut refused) = (0, 0);
    for id in 0..1_000 {
        for action in machine.request(
            Instant::now(),
            &format!(r#"{{"cmd":"getLanguage","messageId":{id}}}"#),
            id,
        ) {
            match action {
                Action::Run(..) => run += 1,
                Action::Answer(_, text) if text.contains("30100") => refused += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!((run, refused), (limits::CALLS, 1_000 - limits::CALLS));
    machine.reset();

    let mut video = |id: u32, bytes: usize| {
        let large = "a".repeat(bytes);
        let request = format!(r#"{{"cmd":"saveVideo","video":"{large}","messageId":{id}}}"#);
        told(&machine.request(Instant::now(), &request, id)).concat()
    };
    assert_eq!(video(1, 80 << 20), "run saveVideo");
    assert!(video(2, 20 << 20).contains("at most 100663296 bytes may be in flight"));
    assert!(video(2, 90 << 20).contains("30010"));
    machine.reset();
    assert_eq!(machine.bytes, 0);
}

#[test]
fn a_request_may_be_as_long_as_its_command_says() {
    let mut machine = Machine::default();
    for (cmd, bytes, taken) in [
        ("copyToClipboard", limits::REQUEST_BYTES - 100, true),
        ("copyToClipboard", limits::REQUEST_BYTES, false),
        ("saveImage", limits::REQUEST_BYTES, true),
        ("saveImage", limits::IMAGE_REQUEST_BYTES, false),
        ("nope", limits::REQUEST_BYTES, false),
    ] {
        let request = format!(r#"{{"cmd":"{cmd}","image":"{}"}}"#, "a".repeat(bytes));
        let told = told(&machine.request(Instant::now(), &request, 1));
        assert_eq!(told.iter().any(|text| text.starts_with("run")), taken, "{cmd} {bytes}");
        machine.reset();
    }
}

#[test]
fn an_app_that_calls_too_often_is_told_so() {
    let mut machine = Machine::default();
    let now = Instant::now();
    let mut refused = None;
    for id in 0..limits::CALLS_BURST + 1 {
        for action in machine.request(now, &format!(r#"{{"cmd":"nope","messageId":{id}}}"#), id) {
            if let Action::Answer(_, text) = action {
                refused = text.contains("30100").then_some(text);
            }
        }
    }
    assert!(refused.unwrap().contains("at most 1000 a second"));
}
