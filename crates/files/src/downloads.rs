//! Everything that apps do in their download folders, one download at a time (`bridge.md` 3, `downloadFile`,
//! `checkDownloadStatus`, `extractFile`).

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use coco_keys::Address;
use ureq::tls::RootCerts;
use ureq::{Agent, Body, BodyReader};

use crate::FilesError;
use crate::extract;
use crate::fetch::{self, Settings};
use crate::folder::{AppFolder, Temporary};
use crate::name;
use crate::progress::{Progress, Throttle};
use crate::request::{Checked, Request};
use crate::works::{Observer, Work, Works};

/// How many bytes are read at once.
const CHUNK: usize = 64 * 1024;

/// After how many bytes the disk is asked for its free space again.
const LOOK_EVERY: u64 = 32 * 1024 * 1024;

/// The download folders of all apps: `<root>/<app address>/`.
///
/// Calls block and may come from any thread. Only one value may exist for a root at a time.
pub struct Downloads {
    root: Dir,
    settings: Settings,
    certificates: RootCerts,
    works: Works,
}

impl fmt::Debug for Downloads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Downloads")
            .field("settings", &self.settings)
            .field("running", &self.running())
            .finish_non_exhaustive()
    }
}

impl Downloads {
    /// Opens the folders below `root`, which is made when it is missing, and removes what an ended process left
    /// unfinished. `observer` hears of every download: first, last, and at most ten times a second in between. It is
    /// called on the threads of [`Downloads::start`], [`Downloads::cancel`] and the like and must not call those.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(root: &Path, observer: impl Fn(&Progress) + Send + Sync + 'static) -> io::Result<Self> {
        Self::open_with(root, observer, Settings::default())
    }

    /// The same with other bounds or another trust.
    ///
    /// # Errors
    /// The folder cannot be made or read, or the file with certificates cannot.
    pub fn open_with(
        root: &Path,
        observer: impl Fn(&Progress) + Send + Sync + 'static,
        settings: Settings,
    ) -> io::Result<Self> {
        let certificates = fetch::certificates(&settings.roots)?;
        std::fs::create_dir_all(root)?;
        let root = Dir::open_ambient_dir(root, ambient_authority())?;
        for entry in root.entries()? {
            let entry = entry?;
            let name = entry.file_name();
            let app = name.to_str().and_then(|name| name.parse().ok());
            let Some(app) = app.filter(|_| entry.file_type().is_ok_and(|kind| kind.is_dir())) else {
                continue;
            };
            if let Some(folder) = AppFolder::open(&root, &app)? {
                folder.remove_leftovers()?;
            }
        }
        Ok(Self {
            root,
            settings,
            certificates,
            works: Works::new(Observer::new(observer)),
        })
    }

    /// Downloads a file into the folder of `app` and returns when that has ended. The running download, of whatever app,
    /// is cancelled. An older file of the name is replaced, but only by a whole new one.
    ///
    /// # Errors
    /// [`FilesError::Invalid`] for a request that breaks a rule (then nothing else is cancelled), [`FilesError::TooLarge`]
    /// for a file that does not fit, [`FilesError::Cancelled`], and [`FilesError::Failed`] for all else.
    pub fn start(&self, app: &Address, request: &Request) -> Result<(), FilesError> {
        let checked = request.check()?;
        if self.folder(app)?.is_some_and(|folder| folder.has_folder(&checked.file)) {
            return Err(FilesError::invalid("fileName: there is a folder of that name"));
        }
        let agent = fetch::agent(&self.settings, &self.certificates);
        let work = self.works.begin_download(app, &checked.file, agent.clone());
        let result = self.download(&work, app, &checked, &agent);
        self.works.end(&work, result)
    }

    fn download(&self, work: &Work, app: &Address, checked: &Checked, agent: &Agent) -> Result<(), FilesError> {
        let response = fetch::get(agent, checked)?;
        let body = response.into_body();
        let total = body.content_length();
        let writing = self.works.write(work, &self.root, app, AppFolder::temporary_file)?;
        let folder = &writing.folder;
        let room = folder.room(self.settings.max_folder)?.min(self.settings.max_file);
        if let Some(total) = total.filter(|total| *total > room) {
            return Err(too_large(total, room));
        }
        let (temporary, file) = writing.made;
        let received = self.receive(work, folder, body, file.into_std(), room)?;
        if total.is_some_and(|total| total != received) {
            return Err(FilesError::Failed(format!(
                "the server broke off after {received} bytes"
            )));
        }
        self.works
            .conclude(work, || replace_file(temporary, folder, &checked.file))
    }

    /// Writes the body to `file` and returns its size once it is on the disk.
    fn receive(
        &self,
        work: &Work,
        folder: &AppFolder,
        body: Body,
        mut file: File,
        room: u64,
    ) -> Result<u64, FilesError> {
        let total = body.content_length();
        let mut reader: BodyReader<'static> = body.into_reader();
        let mut throttle = Throttle::new();
        let mut buffer = vec![0; CHUNK];
        let (mut received, mut looked) = (0_u64, 0_u64);
        loop {
            let count = reader.read(&mut buffer).map_err(fetch::reading_failed)?;
            work.stop.check()?;
            let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else {
                break;
            };
            received = received.saturating_add(chunk.len() as u64);
            if received > room {
                return Err(too_large(received, room));
            }
            if received.saturating_sub(looked) > LOOK_EVERY {
                looked = received;
                if folder.free() == 0 {
                    return Err(FilesError::TooLarge("the disk is full".to_owned()));
                }
            }
            file.write_all(chunk).map_err(writing_failed)?;
            self.works.report(work, received, total, &mut throttle);
        }
        file.sync_all().map_err(writing_failed)?;
        self.works.received(work, received, total);
        Ok(received)
    }

    /// Unpacks a ZIP in the folder of `app` into a folder beside it and returns the path of that folder: the archive's
    /// without `.zip`, or with `-extracted` when its name does not end so. An older folder of the name is replaced, but
    /// only by a whole new one. What the app unpacks already is cancelled.
    ///
    /// # Errors
    /// [`FilesError::Invalid`] with the entry and the rule it breaks, [`FilesError::NotFound`],
    /// [`FilesError::TooLarge`] when it does not fit, [`FilesError::Cancelled`], [`FilesError::Failed`] for the disk.
    pub fn extract(&self, app: &Address, archive_path: &str) -> Result<String, FilesError> {
        let path = name::relative("archivePath", archive_path)?;
        let target = extract::target(&path)?;
        let archive = self.open_file(app, &path)?;
        let work = self.works.begin_extraction(app);
        let result = self.unpack(&work, app, archive, &target);
        self.works.end(&work, result)?;
        Ok(target)
    }

    fn unpack(&self, work: &Work, app: &Address, archive: File, target: &str) -> Result<(), FilesError> {
        let plan = extract::Plan::of(archive, &work.stop)?;
        let writing = self.works.write(work, &self.root, app, AppFolder::temporary_folder)?;
        let folder = &writing.folder;
        let (parent, name) = folder.parent(target)?;
        if parent.has_file(name) {
            return Err(FilesError::invalid(format!(
                "archivePath: there is a file named {name:?} already"
            )));
        }
        let room = folder.room(self.settings.max_folder)?;
        if plan.bytes() > room {
            return Err(too_large(plan.bytes(), room));
        }
        let (temporary, staged) = writing.made;
        plan.unpack(&staged, &work.stop)?;
        drop(staged);
        self.works
            .conclude(work, || temporary.replace_folder(&parent, name).map_err(writing_failed))
    }

    /// Whether the file is in the folder of `app`, whole. While a file of that name is being downloaded it is not, even
    /// if there is an older one.
    ///
    /// # Errors
    /// [`FilesError::Invalid`] for what is not a plain name.
    pub fn is_there(&self, app: &Address, file_name: &str) -> Result<bool, FilesError> {
        let name = name::plain("fileName", file_name)?;
        let running = self
            .running()
            .is_some_and(|progress| progress.app == *app && progress.file == name);
        Ok(!running && self.folder(app)?.is_some_and(|folder| folder.has_file(&name)))
    }

    /// Opens a file in the folder of `app`, for reading. `path` is relative to that folder; folders that were unpacked
    /// there can be part of it, links cannot.
    ///
    /// # Errors
    /// [`FilesError::Invalid`] for a path that breaks a rule, [`FilesError::NotFound`].
    pub fn open_file(&self, app: &Address, path: &str) -> Result<File, FilesError> {
        let path = name::relative("path", path)?;
        match self.folder(app)? {
            Some(folder) => folder.open_file(&path),
            None => Err(FilesError::NotFound(path)),
        }
    }

    /// The sizes of all files of `app`, in bytes.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn size_of(&self, app: &Address) -> io::Result<u64> {
        match AppFolder::open(&self.root, app)? {
            Some(folder) => Ok(folder.usage()?.bytes),
            None => Ok(0),
        }
    }

    /// The running download.
    #[must_use]
    pub fn running(&self) -> Option<Progress> {
        self.works.running()
    }

    /// Cancels the running download.
    pub fn cancel(&self) {
        self.works.cancel_download();
    }

    /// Cancels whatever `app` downloads or unpacks.
    pub fn cancel_app(&self, app: &Address) {
        self.works.cancel_app(app);
    }

    /// Cancels whatever `app` downloads or unpacks and removes all its files: it was uninstalled, or the person wants the
    /// room.
    ///
    /// # Errors
    /// Something could not be removed.
    pub fn clear(&self, app: &Address) -> io::Result<()> {
        self.works.cancel_app(app);
        self.works
            .when_idle(app, || match self.root.remove_dir_all(app.to_string()) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                result => result,
            })
    }

    fn folder(&self, app: &Address) -> Result<Option<AppFolder>, FilesError> {
        AppFolder::open(&self.root, app).map_err(|error| FilesError::failed("the folder of the app", error))
    }
}

fn replace_file(temporary: Temporary, folder: &AppFolder, name: &str) -> Result<(), FilesError> {
    temporary.replace_file(folder, name).map_err(writing_failed)
}

fn too_large(size: u64, room: u64) -> FilesError {
    FilesError::TooLarge(format!("{size} bytes or more, and there is room for {room}"))
}

fn writing_failed(error: io::Error) -> FilesError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            FilesError::TooLarge("the disk is full".to_owned())
        }
        _ => FilesError::failed("writing", error),
    }
}
