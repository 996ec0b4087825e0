#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::thread;

use super::*;

/// Tells every change to a test.
struct Ear(Mutex<Sender<Address>>);

impl Front for Ear {
    fn changed(&self, app: &Address) {
        let _ = self.0.lock().unwrap().send(*app);
    }
}

struct Scene {
    consent: Arc<Consent>,
    changes: mpsc::Receiver<Address>,
    folder: tempfile::TempDir,
}

const LONG: Duration = Duration::from_secs(60);

impl Scene {
    fn with_patience(patience: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let consent = Consent::with_patience(folder.path(), patience).unwrap();
        let (told, changes) = mpsc::channel();
        consent.set_front(Arc::new(Ear(Mutex::new(told))));
        Self {
            consent,
            changes,
            folder,
        }
    }

    fn ask(&self, wish: Wish, cancel: &Cancel) -> thread::JoinHandle<Result<(), HostError>> {
        let (consent, cancel) = (Arc::clone(&self.consent), cancel.clone());
        thread::spawn(move || consent.ask(&app(), &wish, "the whole", &cancel))
    }

    /// Waits until the questions are what a test expects.
    fn until(&self, expected: impl Fn(&[Question]) -> bool) -> Vec<Question> {
        loop {
            let questions = self.consent.questions(&app());
            if expected(&questions) {
                return questions;
            }
            self.changes.recv_timeout(LONG).unwrap();
        }
    }
}

fn app() -> Address {
    Address::from_hash160([7; 20])
}

fn page() -> Wish {
    Wish::OpenUrl {
        host: "example.org".into(),
    }
}

const YES: Answer = Answer {
    word: Word::Yes,
    remember: true,
};
const ONCE: Answer = Answer { remember: false, ..YES };
const NO: Answer = Answer {
    word: Word::No,
    remember: false,
};
const NEVER: Answer = Answer { remember: true, ..NO };

#[test]
fn a_remembered_word_is_asked_for_once_even_after_a_restart() {
    for (answer, expected) in [(YES, Ok(())), (NEVER, Err(HostError::Refused))] {
        let scene = Scene::with_patience(LONG);
        let call = scene.ask(page(), &Cancel::new());
        let question = scene.until(|open| open.len() == 1).remove(0);
        assert_eq!(
            (question.wish, question.detail.as_str(), question.late),
            (page(), "the whole", false)
        );
        scene.consent.decide(question.id, answer).unwrap();
        assert_eq!(call.join().unwrap(), expected);
        assert_eq!(scene.consent.ask(&app(), &page(), "", &Cancel::new()), expected);

        let again = Consent::open(scene.folder.path()).unwrap();
        assert_eq!(again.ask(&app(), &page(), "", &Cancel::new()), expected);
        assert_eq!(again.grants().of(&app())[0].word, answer.word);
        again.grants().forget(&app(), &page()).unwrap();
        assert_eq!(again.grants().get(&app(), &page()), None);
    }
}

#[test]
fn a_word_for_once_is_asked_for_again() {
    let scene = Scene::with_patience(LONG);
    for (answer, expected) in [(ONCE, Ok(())), (NO, Err(HostError::Refused))] {
        let call = scene.ask(page(), &Cancel::new());
        let question = scene.until(|open| open.len() == 1).remove(0);
        scene.consent.decide(question.id, answer).unwrap();
        assert_eq!(call.join().unwrap(), expected);
        assert_eq!(scene.consent.grants().of(&app()), []);
    }
}

#[test]
fn no_word_in_time_is_a_refusal_and_a_late_yes_counts_for_the_next_call() {
    let scene = Scene::with_patience(Duration::from_millis(1));
    let refused = scene.consent.ask(&app(), &page(), "", &Cancel::new());
    assert_eq!(refused, Err(HostError::Refused));
    let late = scene.until(|open| open.len() == 1).remove(0);
    assert!(late.late);
    scene.consent.decide(late.id, ONCE).unwrap();
    assert_eq!(scene.consent.ask(&app(), &page(), "", &Cancel::new()), Ok(()));
    // Once is once.
    assert_eq!(
        scene.consent.ask(&app(), &page(), "", &Cancel::new()),
        Err(HostError::Refused)
    );
    // The question is the same one as before, asked again.
    assert_eq!(scene.consent.questions(&app()).len(), 1);
}

#[test]
fn calls_that_wish_the_same_wait_for_one_question() {
    let scene = Scene::with_patience(LONG);
    let calls = [scene.ask(page(), &Cancel::new()), scene.ask(page(), &Cancel::new())];
    let waiting = || scene.consent.lock().open.first().map_or(0, |open| open.waiting.len());
    let question = scene.until(|open| open.len() == 1 && waiting() == 2).remove(0);
    scene.consent.decide(question.id, ONCE).unwrap();
    assert!(calls.map(|call| call.join().unwrap()).iter().all(Result::is_ok));
}

#[test]
fn a_question_goes_with_the_call_or_the_window_that_asked() {
    let scene = Scene::with_patience(LONG);
    let cancel = Cancel::new();
    let call = scene.ask(page(), &cancel);
    scene.until(|open| open.len() == 1);
    cancel.cancel();
    assert_eq!(call.join().unwrap(), Err(HostError::Refused));
    scene.until(<[_]>::is_empty);

    let call = scene.ask(Wish::SaveImages, &Cancel::new());
    scene.until(|open| open.len() == 1);
    scene.consent.dismiss(&app());
    assert_eq!(call.join().unwrap(), Err(HostError::Refused));
}

#[test]
fn questions_of_one_app_are_few_and_without_a_front_there_are_none() {
    let scene = Scene::with_patience(LONG);
    let hosts: Vec<_> = (0..QUESTIONS)
        .map(|number| Wish::OpenUrl {
            host: number.to_string(),
        })
        .collect();
    let calls: Vec<_> = hosts
        .iter()
        .map(|wish| scene.ask(wish.clone(), &Cancel::new()))
        .collect();
    scene.until(|open| open.len() == QUESTIONS);
    let refused = scene.consent.ask(&app(), &page(), "", &Cancel::new());
    assert!(matches!(refused, Err(HostError::Failed(text)) if text.contains("at most 5")));
    scene.consent.dismiss(&app());
    for call in calls {
        assert!(call.join().unwrap().is_err());
    }

    let nobody = Consent::open(scene.folder.path()).unwrap();
    assert_eq!(nobody.ask(&app(), &page(), "", &Cancel::new()), Err(HostError::Refused));
}

#[test]
fn a_damaged_file_is_set_aside_and_many_grants_stay_bounded() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("consent.json"), "{").unwrap();
    let consent = Consent::open(folder.path()).unwrap();
    assert!(folder.path().join("consent.json.damaged").exists());
    for number in 0..250 {
        let wish = Wish::Download {
            host: number.to_string(),
        };
        consent.grants().set(&app(), &wish, Word::Yes).unwrap();
    }
    let grants = consent.grants().of(&app());
    assert_eq!(grants.len(), 200);
    assert_eq!(grants[0].wish, Wish::Download { host: "50".into() });
    consent.grants().forget_all(&app()).unwrap();
    assert_eq!(consent.grants().of(&app()), []);
}
