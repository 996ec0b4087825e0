use coco_chatbot::author::load;
use coco_chatbot::engine::{Session, show, step};
use coco_chatbot::protocol::Event;
use coco_chatbot::story::play_all;

use crate::people::{ECHO, folder, shop};

#[test]
fn the_shop_does_what_its_stories_say() {
    let bot = load(&shop()).unwrap_or_else(|problems| panic!("{problems}"));
    let outcomes = play_all(&bot, &shop()).unwrap();
    assert!(outcomes.len() >= 10);
    for outcome in outcomes {
        assert_eq!(outcome.miss, None, "{}", outcome.name);
    }
}

#[test]
fn the_same_turn_has_the_same_result() {
    let bot = load(&shop()).unwrap();
    let mut sessions = [Session::new("s".to_owned()), Session::new("s".to_owned())];
    for (number, text) in [
        "hello",
        "과일",
        "go:add {\"id\":\"apple\"}",
        "order",
        "bring it",
        "thanks",
        "???",
    ]
    .iter()
    .enumerate()
    {
        let event = Event::Send((*text).to_owned());
        let both = sessions
            .clone()
            .map(|session| step(&bot, session, &event, 1_000, number as u64).unwrap());
        assert_eq!(both[0], both[1], "{text}");
        sessions = both.map(|(session, ..)| session);
    }
}

#[test]
fn a_story_that_goes_otherwise_says_where_and_how() {
    let stories = "stories:\n  - name: talk\n    turns:\n      - user: one\n        bot: one\n      - user: two\n        bot: three\n      - tap: Nothing\n";
    let folder = folder(&[("bot.yaml", ECHO), ("stories/a.yaml", stories)]);
    let bot = load(folder.path()).unwrap();
    let outcomes = play_all(&bot, folder.path()).unwrap();
    let miss = outcomes[0].miss.as_ref().unwrap();
    assert_eq!(
        (miss.line, miss.expected.as_str(), miss.answered.as_str()),
        (6, "three", "two")
    );
    assert_eq!(
        outcomes[0].problem().unwrap().to_string(),
        "stories/a.yaml:6:1: story \"talk\" goes otherwise"
    );
}

#[test]
fn a_bot_that_was_changed_in_the_middle_of_a_form_goes_on() {
    let bot = load(&shop()).unwrap();
    let mut session = Session::new("s".to_owned());
    session.form = Some(coco_chatbot::engine::Filling {
        form: "gone".to_owned(),
        slot: 7,
    });
    let (session, answer, _) = step(&bot, session, &Event::Send("thanks".to_owned()), 0, 1).unwrap();
    assert_eq!(session.form, None);
    assert_eq!(show(&answer), "Any time.");
}
