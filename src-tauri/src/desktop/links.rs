//! Links of the program, `cococat:…`: from the command line, or from a browser once the desktop knows who opens them. They wait here
//! until the page takes them; what they ask for, the page reads and asks the person.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use tauri::{AppHandle, Manager};

use super::lock;
use crate::program::Program;
use crate::shell;
use crate::shell::wire::{ShellError, ShellErrorKind, ShellEvent};

/// How links of the program begin.
const SCHEME: &str = "cococat:";
/// What the desktop calls the program.
pub(crate) const ENTRY: &str = "org.cococat.desktop";
/// Longest link, in bytes.
const LONGEST: usize = 4 * 1024;
/// Most links that wait; further ones are not taken.
const MOST: usize = 8;

/// Links that the page has not taken yet.
#[derive(Default)]
pub(crate) struct Links(Mutex<Vec<String>>);

impl Links {
    /// All that wait, which wait no longer.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.0))
    }
}

/// Whether a text is a link of the program.
pub(crate) fn check(link: &str) -> Result<String, String> {
    let right = link.len() <= LONGEST
        && link
            .get(..SCHEME.len())
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
        && !link.chars().any(|letter| letter.is_control() || letter.is_whitespace());
    right
        .then(|| link.to_owned())
        .ok_or_else(|| format!("a link begins with {SCHEME} and has at most {LONGEST} letters, none of them a space"))
}

/// Keeps a link for the page, and tells it.
pub(crate) fn arrived(app: &AppHandle, link: &str) {
    // It may come from another program's start of this one.
    let Ok(link) = check(link) else { return };
    {
        let program = app.state::<Program>();
        let mut links = lock(&program.desktop.links.0);
        if links.len() >= MOST {
            return;
        }
        links.push(link);
    }
    shell::tell(app, ShellEvent::Links);
}

/// Makes this program the one that opens its links for the person who runs it.
///
/// # Errors
/// `io` if there is no folder for it, or the desktop's own tool does not do it.
pub(crate) fn register() -> Result<(), ShellError> {
    let folder = applications()?;
    let program = std::env::current_exe().map_err(|error| ShellError::io(&error))?;
    write_entry(&folder, &program).map_err(|error| ShellError::io(&error))?;
    let run = |command: &mut Command| command.status().is_ok_and(|status| status.success());
    // Desktops that keep no cache have no such tool.
    run(Command::new("update-desktop-database").arg(&folder));
    if run(Command::new("xdg-mime").args(["default", &format!("{ENTRY}.desktop"), "x-scheme-handler/cococat"])) {
        return Ok(());
    }
    Err(ShellError::new(
        ShellErrorKind::Io,
        "xdg-mime did not do it; is xdg-utils installed?",
    ))
}

/// Where the desktop looks for the person's own programs.
fn applications() -> Result<PathBuf, ShellError> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(home)
        .map(|data| data.join("applications"))
        .ok_or_else(|| ShellError::new(ShellErrorKind::Io, "the environment names no home"))
}

fn write_entry(folder: &Path, program: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("{ENTRY}.desktop")), entry(program))
}

/// The program as the desktop knows it (Desktop Entry Specification 1.5).
fn entry(program: &Path) -> String {
    let mut quoted = String::new();
    for letter in program.to_string_lossy().chars() {
        if "\"`$\\".contains(letter) {
            // Once for the argument, once for the text that it is in.
            quoted.push_str("\\\\");
        }
        quoted.push(letter);
        if letter == '%' {
            quoted.push('%');
        }
    }
    format!(
        "[Desktop Entry]\nType=Application\nName=CocoCat\nExec=\"{quoted}\" %u\nTerminal=false\nCategories=Network;InstantMessaging;\nMimeType=x-scheme-handler/cococat;\nStartupWMClass=cococat\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_of_this_program_short_and_of_one_word() {
        for right in ["cococat://add/abc", "COCOCAT:x", "cococat:"] {
            assert!(check(right).is_ok(), "{right}");
        }
        let long = format!("cococat://{}", "x".repeat(LONGEST));
        for wrong in [
            "",
            "cococa",
            "https://example.org",
            "cocoapp://x",
            "cococat://a b",
            "cococat://a\n",
            "cocöcat:",
            &long,
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_the_desktop_starts_is_one_argument_whatever_the_folder_is_called() {
        assert!(entry(Path::new("/opt/a b/cococat")).contains("\nExec=\"/opt/a b/cococat\" %u\n"));
        assert!(entry(Path::new("/opt/50%/$x/cococat")).contains("\nExec=\"/opt/50%%/\\\\$x/cococat\" %u\n"));
    }
}
