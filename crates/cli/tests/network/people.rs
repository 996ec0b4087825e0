//! Who the tests are about.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use coco_rig::engine::{Engine, EngineOptions};
use coco_rig::scenario::Person;
use coco_rig::space::Space;
use serde_json::json;

/// The program.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_coco"))
}

/// Somebody new, logged in.
pub(crate) fn person(name: &str, folder: &Path, space: &Arc<Space>, args: &[&str]) -> Person {
    let engine = Engine::start(EngineOptions {
        program: program(),
        home: folder.join(name),
        space: Arc::clone(space),
        args: args.iter().map(|argument| (*argument).to_owned()).collect(),
        clock_offset: 0,
    });
    let engine = engine.unwrap();
    engine.register().unwrap();
    engine.login().unwrap();
    engine.get("updateUserSingleInfo", json!({ "nickname": name })).unwrap();
    Person {
        name: name.to_owned(),
        address: engine.address().unwrap(),
        engine,
    }
}
