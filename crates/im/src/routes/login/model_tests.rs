//! Random sequences of what can be done with passwords, against a model that knows nothing of files and keys.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::tests::Device;
use crate::{Code, Label};

const PASSWORDS: [&str; 5] = [
    "password one",
    "password two",
    "password three",
    "password four",
    "password five",
];
const MINUTE: i64 = 60_000;

/// Something that is done.
#[derive(Debug, Clone)]
enum Step {
    Register(&'static str),
    Enter(&'static str),
    Leave,
    Restart,
    SetBlank(&'static str),
    SetWipe(&'static str),
    RemoveWipe,
    ChangeLogin(&'static str),
    Write,
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let password = || select(&PASSWORDS);
    let step = prop_oneof![
        1 => password().prop_map(Step::Register),
        8 => password().prop_map(Step::Enter),
        1 => Just(Step::Leave),
        1 => Just(Step::Restart),
        3 => password().prop_map(Step::SetBlank),
        3 => password().prop_map(Step::SetWipe),
        1 => Just(Step::RemoveWipe),
        2 => password().prop_map(Step::ChangeLogin),
        3 => Just(Step::Write),
        2 => select(&[-30, 4, 5, 60]).prop_map(|minutes| Step::Wait(minutes * MINUTE)),
    ];
    proptest::collection::vec(step, 1..40)
}

/// What should be so.
#[derive(Debug, Default)]
struct Model {
    login: Option<&'static str>,
    blank: Option<&'static str>,
    wipe: Option<&'static str>,
    inside: Option<&'static str>,
    written: i64,
    failed: u32,
    left: i64,
}

impl Model {
    fn locked(&self) -> Option<u16> {
        (self.left > 0).then_some(if self.failed > 5 { 20012 } else { 20011 })
    }

    fn enter(&mut self, password: &'static str) -> Result<i64, u16> {
        if self.login.is_none() {
            return Err(20008);
        }
        if let Some(code) = self.locked() {
            return Err(code);
        }
        let given = Some(password);
        let (value, room) = match given {
            _ if given == self.login => (-2, "1"),
            _ if given == self.blank => (0, "2"),
            _ if given == self.wipe => (-3, "1"),
            _ => {
                self.failed += 1;
                self.left = match self.failed {
                    5 => 5 * MINUTE,
                    failed if failed % 5 == 0 => 60 * MINUTE,
                    _ => 0,
                };
                return Err(self.locked().unwrap_or(20010));
            }
        };
        if value == -3 {
            self.written = 0;
        }
        (self.failed, self.left, self.inside) = (0, 0, Some(room));
        Ok(value)
    }

    /// Which code says that the password is in use by something else than `own`.
    fn taken(&self, own: Option<&str>, password: &str) -> Option<Code> {
        let uses = [
            (self.login, Code::PASSWORD_OF_LOGIN),
            (self.blank, Code::PASSWORD_OF_ROOM),
            (self.wipe, Code::PASSWORD_OF_WIPE),
        ];
        let used = uses.into_iter().find(|(used, _)| *used == Some(password));
        used.filter(|(used, _)| *used != own).map(|(_, code)| code)
    }
}

/// Does a step with both, and compares.
fn go(device: &mut Device, model: &mut Model, step: &Step) {
    let set = |device: &Device, label: Label, own: Option<&str>, password: &str, model: &Model| {
        let expected = model.taken(own, password).map_or(Ok(()), Err);
        assert_eq!(device.set(&label, password), expected);
        expected.is_ok()
    };
    match *step {
        Step::Register(password) => {
            let code = device
                .answer("register", json!({ "imPwd": password, "type": "text" }))
                .code;
            assert_eq!(code, if model.login.is_some() { 500 } else { 200 });
            model.login = model.login.or(Some(password));
        }
        Step::Enter(password) => assert_eq!(device.enter(password), model.enter(password)),
        Step::Leave => {
            let code = device.answer("exportLogout", json!({})).code;
            assert_eq!(code, if model.inside.take().is_some() { 200 } else { 20061 });
        }
        Step::Restart => {
            device.restart();
            model.inside = None;
        }
        Step::SetBlank(password) if model.inside.is_some() => {
            if set(device, Label::Room("2".to_owned()), model.blank, password, model) {
                model.blank = Some(password);
            }
        }
        Step::SetWipe(password) if model.inside.is_some() => {
            if set(device, Label::Wipe, model.wipe, password, model) {
                model.wipe = Some(password);
            }
        }
        Step::RemoveWipe if model.inside.is_some() => {
            let session = device.engine().session().unwrap();
            session.passwords().remove(&Label::Wipe).unwrap();
            assert_eq!(session.passwords().token(&Label::Wipe).unwrap(), "");
            model.wipe = None;
        }
        Step::ChangeLogin(password) => {
            let code = device
                .answer("exportChangeImPwd", json!({ "imPwd": password, "type": "text" }))
                .code;
            let expected = match (model.inside, model.taken(model.login, password)) {
                (None, _) => 20061,
                (Some("2"), _) => 20031,
                _ if model.login == Some(password) => 20090,
                (_, Some(taken)) => taken.number(),
                _ => 200,
            };
            assert_eq!(code, expected);
            if code == 200 {
                model.login = Some(password);
            }
        }
        Step::Write if model.inside.is_some() => {
            device.write("something");
            model.written += 1;
        }
        Step::Wait(milliseconds) => {
            device.wait(milliseconds);
            // The lock is looked at, and time counts from then on.
            device.ask("init", json!({}));
            model.left = (model.left - milliseconds.max(0)).max(0);
        }
        _ => assert_eq!(device.refused("exportIsAnonLogin", json!({})), 20061),
    }
    if model.inside.is_some() {
        assert_eq!(device.rows("message"), model.written);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn passwords_do_what_the_model_says(steps in steps()) {
        let (mut device, mut model) = (Device::new(), Model::default());
        for step in &steps {
            go(&mut device, &mut model, step);
        }
    }
}
