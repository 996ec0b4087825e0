//! What the person chooses in the system's dialogs.

use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, FilePath};

use super::wire::{PackageKind, PathAnswer, PathsAnswer};

/// Longest name that is proposed, in characters.
const NAME: usize = 200;

fn shown(path: FilePath) -> Option<String> {
    path.into_path().ok().map(|path| path.display().to_string())
}

/// A package to install.
pub(super) fn package(app: &AppHandle, kind: PackageKind) -> PathAnswer {
    let dialog = app.dialog().file();
    let chosen = match kind {
        PackageKind::Folder => dialog.blocking_pick_folder(),
        PackageKind::Zip => dialog.add_filter("ZIP", &["zip"]).blocking_pick_file(),
    };
    PathAnswer {
        path: chosen.and_then(shown),
    }
}

/// Files to send.
pub(super) fn files(app: &AppHandle) -> PathsAnswer {
    let chosen = app.dialog().file().blocking_pick_files().unwrap_or_default();
    PathsAnswer {
        paths: chosen.into_iter().filter_map(shown).collect(),
    }
}

/// Where something is to be saved. Its name may be anybody's, and only proposes.
pub(super) fn place(app: &AppHandle, name: &str) -> PathAnswer {
    let chosen = app.dialog().file().set_file_name(plain(name)).blocking_save_file();
    PathAnswer {
        path: chosen.and_then(shown),
    }
}

/// A name as one of a file in the folder that is shown, and visible there.
fn plain(name: &str) -> String {
    let unfit = |letter: char| letter.is_control() || "/\\:*?\"<>|".contains(letter);
    let name: String = name
        .chars()
        .map(|letter| if unfit(letter) { '_' } else { letter })
        .take(NAME)
        .collect();
    name.trim_start_matches('.').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_others_stay_in_their_folder() {
        assert_eq!(plain("../../.bashrc"), "_.._.bashrc");
        assert_eq!(plain(".profile"), "profile");
        assert_eq!(plain("a\nb\u{0}.txt"), "a_b_.txt");
        assert_eq!(plain("Bild 1.png"), "Bild 1.png");
        assert_eq!(plain(&"x".repeat(1_000)).len(), NAME);
    }
}
