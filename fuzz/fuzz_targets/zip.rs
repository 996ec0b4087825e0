//! Archives of strangers: unpacked beside themselves or not at all, and read as packages without harm.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use coco_files::Downloads;
use coco_keys::Address;
use coco_package::Source;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

struct Place {
    folder: TempDir,
    downloads: Downloads,
}

static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let memory = std::path::Path::new("/dev/shm");
    let parent = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    let folder = TempDir::new_in(parent).expect("a folder");
    let downloads = Downloads::open(&folder.path().join("downloads"), |_| {}).expect("a folder");
    Place { folder, downloads }
});

fuzz_target!(|data: &[u8]| {
    let app = Address::from_hash160([7; 20]);
    let own = PLACE.folder.path().join("downloads").join(app.to_string());
    fs::create_dir_all(&own).expect("a folder");
    let archive = own.join("archive.zip");
    fs::write(&archive, data).expect("room for the archive");

    let unpacked = PLACE.downloads.extract(&app, "archive.zip");
    let left: Vec<_> = names(&own);
    match &unpacked {
        Ok(_) => assert_eq!(left, ["archive", "archive.zip"]),
        Err(_) => assert_eq!(left, ["archive.zip"]),
    }
    assert_eq!(names(PLACE.folder.path()), ["downloads"]);

    if let Ok(source) = Source::open(&archive) {
        let _ = source.content();
        for name in source.names().unwrap_or_default().iter().take(20) {
            let _ = source.read(name, 1 << 20);
        }
    }
    fs::remove_dir_all(&own).expect("nothing holds it");
});

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
