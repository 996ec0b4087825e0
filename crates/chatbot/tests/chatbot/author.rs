use coco_chatbot::author::load;

use crate::people::{ECHO, bot, folder};

/// The problems of a file, as an author reads them.
fn problems(yaml: &str) -> Vec<String> {
    bot(yaml).unwrap_err().0.iter().map(ToString::to_string).collect()
}

/// A bot with more answers.
fn with(more: &str) -> String {
    format!("bot: {{id: b, name: B, welcome: w, fallback: w}}\nanswers:\n  w: [{{text: hi}}]\n{more}")
}

#[test]
fn mistakes_are_told_with_file_line_column_and_what_was_expected() {
    let cases = [
        (
            with("  x: [{text: {fr: bonjour}}]\n"),
            "bot.yaml:4:14: \"fr\" is none of the bot's languages: en",
        ),
        (
            with("  x:\n    - go: ww\n"),
            "bot.yaml:5:11: there is no answer \"ww\"; \"w\" may be meant",
        ),
        (with("  x:\n    - form: f\n"), "bot.yaml:5:13: there is no form \"f\""),
        (
            with("  x:\n    - text: '{{ a'\n"),
            "bot.yaml:5:13: the template is not right: ",
        ),
        (
            with("  x:\n    - when: a ==\n      text: b\n"),
            "bot.yaml:5:13: \"a ==\" is no expression: ",
        ),
        (
            with("  x:\n    - text: a\n      go: w\n"),
            "bot.yaml:5:13: a step does one thing, not go and text",
        ),
        (
            with("  x:\n    - {}\n"),
            "bot.yaml:5:5: a step needs one of text, image, button, ",
        ),
        (with("  x:\n    - button: a\n"), "bot.yaml:5:15: a button needs tap:"),
        (
            with("  x:\n    - button: a\n      tap: {say: a, open: b}\n"),
            "bot.yaml:5:15: tap needs one of say, go, ",
        ),
        (
            with("  x:\n    - image: http://a.example\n"),
            "bot.yaml:5:14: the address of a picture must begin with https://",
        ),
        (
            with("  x:\n    - cards: [{cards: []}]\n"),
            "a card of a carousel must not be a carousel",
        ),
        (
            with("  x:\n    - cover: {flex: a}\n"),
            "covers and cells need one of text, image, button",
        ),
        (with("  x:\n    - txt: a\n"), "unknown field `txt`, expected one of "),
        (
            with("  x:\n    - text: {}\n"),
            "bot.yaml:5:13: a text by language needs at least one language",
        ),
        (
            with("  x:\n    - text: true\n"),
            "expected a text, a list of texts to choose from, or texts by language",
        ),
        (with("keywords: {y: [a]}\n"), "there is no answer \"y\""),
        (with("intents: {y: {examples: [a]}}\n"), "there is no answer \"y\""),
        (with("intents: {w: {examples: []}}\n"), "intent \"w\" needs examples"),
        (
            with("forms: {f: {slots: [], done: []}}\n"),
            "a form needs at least one slot",
        ),
        (
            with("forms: {f: {slots: [{name: s, ask: [{text: q}], accept: {pattern: '('}}], done: []}}\n"),
            "pattern is no regular expression",
        ),
        ("bot: [".to_owned(), "bot.yaml:1:"),
        ("answers: {}".to_owned(), "no file has a bot:"),
        (
            ECHO.replace("id: echo", "id: Echo!"),
            "id must be small letters, digits and hyphens",
        ),
        (
            ECHO.replace("welcome: welcome", "welcome: hello"),
            "there is no answer \"hello\"",
        ),
    ];
    let mut missed = Vec::new();
    for (yaml, expected) in cases {
        let found = problems(&yaml);
        if !found.iter().any(|problem| problem.contains(expected)) {
            missed.push((expected, found));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn files_are_put_together_and_say_who_said_it_first() {
    let folder = folder(&[
        ("bot.yaml", ECHO),
        ("more/answers.yaml", "answers:\n  echo: [{text: a}]\n"),
        ("stories/s.yaml", "this: is no part of the bot"),
        (".coco/x.yaml", "nor: this"),
    ]);
    let problems = load(folder.path()).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "more/answers.yaml:2:9: there is another answer \"echo\" in bot.yaml"
    );
}

#[test]
fn bombs_do_not_go_off() {
    let mut bomb = "data:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        bomb.push_str(&format!("  a{level}: &a{level} [{before}]\n"));
    }
    let deep = format!("data: {{a: {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let wide = format!("data:\n{}", "  - x\n".repeat(600_000));
    let documents = "---\nbot: {}\n".repeat(100);
    for yaml in [bomb, deep, wide, documents] {
        assert!(bot(&format!("{ECHO}\n{yaml}")).is_err());
        assert!(bot(&yaml).is_err());
    }
    let huge = format!("# {}", "x".repeat(5 * 1024 * 1024));
    assert!(problems(&huge)[0].contains("is larger than"));
}

#[test]
fn templates_that_do_not_end_are_ended() {
    let endless = [
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}",
        "{% for a in range(40000) %}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{% include 'x' %}",
    ];
    for template in endless {
        let office = crate::people::Office::new(&ECHO.replace("{{ said }}", template));
        let (status, answer) = office.send("echo", &crate::people::saying("u", "hi", office.now()));
        assert_eq!((status, answer["code"].as_str()), (500, Some("5000")), "{template}");
        assert_eq!(office.log.lock().unwrap().len(), 1);
    }
}

#[test]
fn answers_that_lead_in_circles_are_ended() {
    let echoing = |steps: &str| ECHO.replace("[{text: \"{{ said }}\"}]", steps);
    let form = "forms: {f: {slots: [{name: a, when: 'false', ask: [{text: a}]}], done: [{form: f}]}}";
    let long = "\"{{ 'x' * 60000 }}\"";
    let circles = [
        echoing("[{go: echo}]"),
        format!("{}{form}", echoing("[{form: f}]")),
        echoing("[{each: 'range(90)', text: a}]"),
        echoing(&format!("[{{set: {{a: {long}, b: {long}}}}}]")),
    ];
    for yaml in circles {
        let office = crate::people::Office::new(&yaml);
        let (status, answer) = office.send("echo", &crate::people::saying("u", "hi", office.now()));
        assert_eq!((status, answer["code"].as_str()), (500, Some("5000")), "{yaml}");
    }
}
