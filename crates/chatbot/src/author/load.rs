use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_saphyr::Location;

use super::check::{Sources, build};
use super::problem::{Problem, Problems};
use super::shape::File;
use super::{Bot, Known};
use crate::engine::{Classifier, normalise};

/// Bytes of the largest file of a bot.
pub const LARGEST_FILE: u64 = 4 * 1024 * 1024;
/// Most files of a bot.
pub const MOST_FILES: usize = 200;
/// Nesting, nodes and aliases of a file.
const DEPTH: usize = 32;
const NODES: usize = 500_000;
const ALIASES: usize = 1_000;
/// Levels of folders.
const LEVELS: usize = 4;
/// The folder of stories, which are no part of the bot itself.
const STORIES: &str = "stories";

/// Reads a bot.
///
/// # Errors
/// All that is wrong with it.
pub fn load(folder: &Path) -> Result<Bot, Problems> {
    let mut paths = Vec::new();
    find(folder, 0, &mut paths).map_err(|problem| Problems(vec![problem]))?;
    paths.sort();
    if paths.is_empty() {
        let problem = Problem::of_file(&folder.display().to_string(), "there is no .yaml file in this folder");
        return Err(Problems(vec![problem]));
    }
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        match read(&path, &name).and_then(|text| parse::<File>(&text, &name)) {
            Ok(file) => files.push((name, file)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        build(join(files)?)
    } else {
        Err(Problems(problems))
    }
}

/// Finds the files of a bot.
pub(super) fn find(folder: &Path, level: usize, found: &mut Vec<PathBuf>) -> Result<(), Problem> {
    let name = folder.display().to_string();
    let unreadable = |error: std::io::Error| Problem::of_file(&name, format!("cannot be read: {error}"));
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(unreadable)?);
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if hidden {
            continue;
        }
        if kind.is_dir() && entry.file_name() != STORIES && level + 1 < LEVELS {
            find(&path, level + 1, found)?;
        } else if kind.is_file() && path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
            found.push(path);
            if found.len() > MOST_FILES {
                return Err(Problem::of_file(
                    &name,
                    format!("there are more than {MOST_FILES} files"),
                ));
            }
        }
    }
    Ok(())
}

/// Reads a file that is not too large.
pub(crate) fn read(path: &Path, name: &str) -> Result<String, Problem> {
    let wrong = |error: &dyn std::fmt::Display| Problem::of_file(name, format!("cannot be read: {error}"));
    let mut text = String::new();
    let file = fs::File::open(path).map_err(|error| wrong(&error))?;
    file.take(LARGEST_FILE + 1)
        .read_to_string(&mut text)
        .map_err(|error| wrong(&error))?;
    if text.len() as u64 > LARGEST_FILE {
        return Err(Problem::of_file(name, format!("is larger than {LARGEST_FILE} bytes")));
    }
    Ok(text)
}

/// Parses YAML within bounds.
pub(crate) fn parse<T: DeserializeOwned>(text: &str, name: &str) -> Result<T, Problem> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH,
            max_nodes: NODES,
            max_aliases: ALIASES,
            max_documents: 1,
        },
        strict_booleans: true,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let at = error.location().unwrap_or(Location::UNKNOWN);
        let message = error.without_snippet().to_string();
        // The place is told by itself.
        let message = match message.rsplit_once(" at line ") {
            Some((before, _)) => before.to_owned(),
            None => message,
        };
        Problem::new(name, at, message)
    })
}

/// Puts together what the files say.
fn join(files: Vec<(String, File)>) -> Result<Sources, Problems> {
    let mut all = Sources::default();
    let mut problems = Vec::new();
    for (name, file) in files {
        if let Some(settings) = file.bot {
            if let Some((other, _)) = &all.settings {
                let message = format!("there is only one bot in a folder, and {other} has it");
                problems.push(Problem::new(&name, settings.id.referenced, message));
            } else {
                all.settings = Some((name.clone(), settings));
            }
        }
        let mut twice = |what: &str, key: &str, at: Location, before: Option<String>| {
            if let Some(before) = before {
                let message = format!("there is another {what} \"{key}\" in {before}");
                problems.push(Problem::new(&name, at, message));
            }
        };
        for (key, intent) in file.intents {
            let at = intent.examples.referenced;
            let before = all.intents.insert(key.clone(), (name.clone(), intent));
            twice("intent", &key, at, before.map(|(file, _)| file));
        }
        for (key, words) in file.keywords {
            let at = words.referenced;
            let before = all.keywords.insert(key.clone(), (name.clone(), words));
            twice("list of keywords for", &key, at, before.map(|(file, _)| file));
        }
        for (key, steps) in file.answers {
            let at = steps.referenced;
            let before = all.answers.insert(key.clone(), (name.clone(), steps));
            twice("answer", &key, at, before.map(|(file, _)| file));
        }
        for (key, form) in file.forms {
            let at = form.referenced;
            let before = all.forms.insert(key.clone(), (name.clone(), form));
            twice("form", &key, at, before.map(|(file, _)| file));
        }
        for (key, value) in file.data {
            let before = all.data.insert(key.clone(), (name.clone(), value));
            twice("piece of data", &key, Location::UNKNOWN, before.map(|(file, _)| file));
        }
    }
    if problems.is_empty() {
        Ok(all)
    } else {
        Err(Problems(problems))
    }
}

/// What the engine finds intents and keywords by.
pub(super) struct Found {
    pub(super) intents: Vec<Known>,
    pub(super) classifier: Classifier,
    pub(super) keywords: std::collections::HashMap<String, String>,
}

/// Learns intents and keywords.
pub(super) fn learn(sources: &mut Sources) -> Found {
    let mut intents = Vec::new();
    let mut examples = Vec::new();
    for (name, (_, intent)) in std::mem::take(&mut sources.intents) {
        examples.push(intent.examples.value);
        intents.push(Known {
            answer: intent.answer.map_or_else(|| name.clone(), |answer| answer.value),
            title: intent.title,
            name,
        });
    }
    let mut keywords = BTreeMap::new();
    for (answer, (_, words)) in &sources.keywords {
        for word in &words.value {
            keywords.insert(normalise(word), answer.clone());
        }
    }
    Found {
        intents,
        classifier: Classifier::new(&examples),
        keywords: keywords.into_iter().collect(),
    }
}
