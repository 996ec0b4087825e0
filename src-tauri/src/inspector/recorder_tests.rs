#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::atomic::{AtomicUsize, Ordering};

use coco_keys::Address;

use super::*;
use crate::developer::{Target, Work};

fn running() -> Running {
    let target = Target::Folder("/nowhere/work".into());
    Running::development(Arc::new(Work::at(&target, Address::from_hash160([3; 20]))), &target)
}

#[test]
fn a_call_is_told_when_it_comes_and_again_when_it_is_answered() {
    let recorder = Arc::new(Recorder::default());
    let recording = recorder
        .begin(
            &running(),
            r#"{"cmd":"registerService","messageId":"a","data":{}}"#,
            None,
        )
        .unwrap();
    let news = recorder.news(0);
    assert_eq!((news.calls.len(), news.more, news.oldest), (1, false, Some(1)));
    let info = &news.calls[0];
    assert_eq!(
        (info.cmd.as_deref(), info.level, info.state),
        (Some("registerService"), Some(8), CallState::Waiting)
    );
    assert_eq!((info.app.as_str(), info.development), ("work", true));
    assert!(recorder.news(news.revision).calls.is_empty());

    recording.end(Some(r#"{"code":30002,"message":"x"}"#));
    let later = recorder.news(news.revision);
    assert_eq!(
        (later.calls[0].code, later.calls[0].state),
        (Some(30002), CallState::Answered)
    );
    let detail = recorder.call(1).unwrap();
    assert_eq!(detail.answer.as_deref(), Some(r#"{"code":30002,"message":"x"}"#));
    assert!(recorder.call(2).is_none());
}

#[test]
fn a_superseded_call_names_the_newer_and_one_without_a_page_is_dropped() {
    let recorder = Arc::new(Recorder::default());
    let first = recorder.begin(&running(), r#"{"cmd":"getAccount"}"#, None).unwrap();
    let other = recorder
        .begin(&running(), r#"{"cmd":"getAccount","messageId":1}"#, None)
        .unwrap();
    let second = recorder.begin(&running(), r#"{"cmd":"getAccount"}"#, None).unwrap();
    first.end(None);
    other.end(None);
    second.end(Some(r#"{"code":200}"#));
    let calls = recorder.news(0).calls;
    let of = |number: u64| calls.iter().find(|call| call.number == number).unwrap();
    assert_eq!((of(1).state, of(1).superseded_by), (CallState::Superseded, Some(3)));
    assert_eq!(of(2).state, CallState::Dropped);
    assert_eq!(of(3).code, Some(200));
}

#[test]
fn what_a_page_says_of_itself_is_held_against_the_package() {
    let recorder = Arc::new(Recorder::default());
    for data in [
        r#"{"name":"work","version":""}"#,
        r#"{"name":"Other","version":"2"}"#,
        r#"{"name":3}"#,
    ] {
        let request = format!(r#"{{"cmd":"onload","data":{data}}}"#);
        recorder
            .begin(&running(), &request, None)
            .unwrap()
            .end(Some(r#"{"code":200}"#));
    }
    let packages: Vec<_> = recorder.news(0).calls.into_iter().map(|call| call.package).collect();
    let package = PackageName {
        name: "work".into(),
        version: None,
    };
    assert_eq!(packages, [None, Some(package), None]);
}

#[test]
fn it_is_bounded_by_count_and_by_bytes() {
    let recorder = Arc::new(Recorder::default());
    for number in 0..CALLS + 10 {
        let request = format!(r#"{{"cmd":"x","messageId":{number}}}"#);
        recorder.begin(&running(), &request, None).unwrap().end(Some("{}"));
    }
    let news = recorder.news(0);
    assert_eq!((news.oldest, news.calls.len(), news.more), (Some(11), TOLD, true));
    let mut count = news.calls.len();
    let (mut since, mut more) = (news.revision, true);
    while more {
        let next = recorder.news(since);
        (since, more) = (next.revision, next.more);
        count += next.calls.len();
    }
    assert_eq!(count, CALLS);

    let long = format!(r#"{{"cmd":"x","data":{{"t":"{}"}}}}"#, "ä".repeat(TEXT_BYTES));
    for _ in 0..20 {
        recorder.begin(&running(), &long, None).unwrap().end(Some("{}"));
    }
    let oldest = recorder.news(u64::MAX).oldest.unwrap();
    // Each has a small answer too, so one less than the bytes alone would let in.
    let left = BYTES / TEXT_BYTES - 1;
    assert_eq!(oldest, u64::try_from(CALLS + 10 + 20 - left + 1).unwrap());
    let detail = recorder.call(oldest + 1).unwrap();
    assert!(
        detail.request_cut && detail.request.len() <= TEXT_BYTES && detail.info.request_bytes as usize == long.len()
    );
    recorder.clear();
    assert_eq!(recorder.news(0).oldest, None);
}

#[test]
fn nothing_is_recorded_while_paused() {
    let recorder = Arc::new(Recorder::default());
    recorder.pause(true);
    assert!(recorder.begin(&running(), "{}", None).is_none());
    recorder.refused(&running(), r#"{"cmd":"x","code":30010}"#);
    recorder.pause(false);
    recorder.refused(&running(), r#"{"cmd":"x","code":30010,"messageId":5,"bytes":9}"#);
    recorder.refused(&running(), "nonsense");
    let calls = recorder.news(0).calls;
    assert_eq!(calls.len(), 1);
    assert_eq!(
        (calls[0].state, calls[0].code, calls[0].request_bytes),
        (CallState::Guard, Some(30010), 9)
    );
    assert_eq!(calls[0].message_id.as_deref(), Some("5"));
}

#[test]
fn a_follower_is_told_once_for_each_look() {
    let recorder = Arc::new(Recorder::default());
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    recorder.set_follower(Arc::new(move || {
        count.fetch_add(1, Ordering::Relaxed);
    }));
    let call = || recorder.begin(&running(), "{}", None).unwrap().end(Some("{}"));
    call();
    call();
    assert_eq!(told.load(Ordering::Relaxed), 1);
    recorder.news(0);
    call();
    assert_eq!(told.load(Ordering::Relaxed), 2);
}
