//! What the person chose: language, theme, developer mode.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use coco_bridge::Language;
use serde::{Deserialize, Serialize};

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Theme {
    /// As the desktop has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The choices; `None` stands for the system's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Choices {
    pub(crate) language: Option<Language>,
    pub(crate) theme: Theme,
    /// Whether developer mode is on.
    pub(crate) developer: bool,
    /// Whether the program goes on in the tray when the launcher is closed.
    pub(crate) background: bool,
}

/// The choices and the file that keeps them.
#[derive(Debug)]
pub(crate) struct Settings {
    file: PathBuf,
    choices: Mutex<Choices>,
}

impl Settings {
    /// Reads the file. One that cannot be read counts as none: choices are quickly made again.
    pub(crate) fn open(folder: &Path) -> Self {
        let file = folder.join("settings.json");
        let choices = fs::read(&file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self {
            file,
            choices: Mutex::new(choices),
        }
    }

    pub(crate) fn choices(&self) -> Choices {
        *self.choices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The language to speak: the chosen one, else the system's.
    pub(crate) fn language(&self) -> Language {
        self.choices().language.unwrap_or_else(Language::from_environment)
    }

    /// Changes the choices, in the file first.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Choices)) -> io::Result<()> {
        let mut choices = self.choices.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = *choices;
        change(&mut changed);
        let folder = self.file.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer_pretty(&mut file, &changed)?;
        file.flush()?;
        file.persist(&self.file).map_err(|error| error.error)?;
        *choices = changed;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn choices_outlive_the_program_and_a_broken_file_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::open(folder.path());
        assert_eq!(settings.choices(), Choices::default());
        settings
            .change(|choices| choices.language = Some(Language::Thai))
            .unwrap();
        settings.change(|choices| choices.theme = Theme::Dark).unwrap();
        assert_eq!(
            Settings::open(folder.path()).choices(),
            Choices {
                language: Some(Language::Thai),
                theme: Theme::Dark,
                ..Choices::default()
            }
        );
        fs::write(folder.path().join("settings.json"), "{").unwrap();
        assert_eq!(Settings::open(folder.path()).choices(), Choices::default());
    }
}
