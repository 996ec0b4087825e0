//! What an app puts on the person's disk, with their word.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use coco_files::limits::MAX_IMAGE;
use coco_files::{Downloads, FilesError, Progress, Request};

use crate::app::App;
use crate::cancel::Cancel;
use crate::consent::{Consent, Wish};
use crate::host::{Download, HostError, Media, MediaSource};

/// The download folders of a data folder, and who hears of downloads.
pub struct Disk {
    downloads: Downloads,
    ear: Ear,
}

/// Hears how far a download is.
type Listener = Box<dyn Fn(&Progress) + Send + Sync>;

/// Downloads outlive and precede whoever shows them.
type Ear = std::sync::Arc<Mutex<Option<Listener>>>;

impl Disk {
    /// Opens the download folders of a data folder.
    ///
    /// # Errors
    /// When they cannot be made or read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let ear = Ear::default();
        let told = Ear::clone(&ear);
        let downloads = Downloads::open(&folder.join("downloads"), move |progress| {
            if let Some(listener) = &*told.lock().unwrap_or_else(PoisonError::into_inner) {
                listener(progress);
            }
        })?;
        Ok(Self { downloads, ear })
    }

    /// Says who hears of downloads from now on. It is called at most ten times a second and once at the end.
    pub fn set_listener(&self, listener: impl Fn(&Progress) + Send + Sync + 'static) {
        *self.ear.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(listener));
    }

    /// The download folders.
    pub fn downloads(&self) -> &Downloads {
        &self.downloads
    }

    /// Gives the person a picture or a video: where it lies now.
    pub(crate) fn save(
        &self,
        app: &dyn App,
        media: Media,
        source: MediaSource,
        consent: &Consent,
        cancel: &Cancel,
    ) -> Result<PathBuf, HostError> {
        let ask = |wish| consent.ask(app.address(), &wish, "", cancel);
        let name = app.display_name();
        match media {
            Media::Image => {
                let bytes = self.image(app, source)?;
                ask(Wish::SaveImages)?;
                let folder = coco_files::pictures_folder().map_err(failed)?;
                coco_files::save_image(bytes.as_slice(), &name, &folder).map_err(failed)
            }
            Media::Video => {
                let mut video = self.video(app, source)?;
                coco_files::check_video(&mut video).map_err(failed)?;
                ask(Wish::SaveVideos)?;
                let folder = coco_files::videos_folder().map_err(failed)?;
                coco_files::save_video(video, &name, &folder).map_err(failed)
            }
        }
    }

    fn image(&self, app: &dyn App, source: MediaSource) -> Result<Vec<u8>, HostError> {
        let bytes = match source {
            MediaSource::Data(text) => coco_files::image_data(&text).map_err(failed)?,
            MediaSource::File(path) => {
                let mut bytes = Vec::new();
                let file = self.file(app, &path, "image")?;
                file.take(MAX_IMAGE + 1)
                    .read_to_end(&mut bytes)
                    .map_err(|error| HostError::Failed(format!("data.image: {error}")))?;
                bytes
            }
        };
        if bytes.len() as u64 > MAX_IMAGE {
            return Err(HostError::TooLarge(format!("data.image: more than {MAX_IMAGE} bytes")));
        }
        coco_files::check_image(&bytes).map_err(failed)?;
        Ok(bytes)
    }

    fn video(&self, app: &dyn App, source: MediaSource) -> Result<Video, HostError> {
        Ok(match source {
            MediaSource::Data(text) => Video::Bytes(Cursor::new(coco_files::video_data(&text).map_err(failed)?)),
            MediaSource::File(path) => Video::File(self.file(app, &path, "video")?),
        })
    }

    /// A file in the app's download folder, which the page named by a parameter.
    fn file(&self, app: &dyn App, path: &str, parameter: &str) -> Result<File, HostError> {
        self.downloads
            .open_file(app.address(), path)
            .map_err(|error| match error {
                FilesError::Invalid(text) => {
                    let rule = text.strip_prefix("path: ").unwrap_or(&text);
                    HostError::Invalid(format!("data.{parameter}: {rule}"))
                }
                FilesError::NotFound(_) => HostError::NotFound(format!("data.{parameter}: {error}")),
                other => failed(other),
            })
    }

    /// Downloads a file, until it is there. Once begun it goes on, whoever still waits for it.
    pub(crate) fn download(
        &self,
        app: &dyn App,
        download: Download,
        consent: &Consent,
        cancel: &Cancel,
    ) -> Result<(), HostError> {
        let host = download.url.host_str().unwrap_or_default().to_owned();
        let request = Request {
            url: download.url.into(),
            file_name: download.file_name,
            authorizations: download
                .headers
                .into_iter()
                .map(|header| (header.name, header.value))
                .collect(),
        };
        request.validate().map_err(failed)?;
        consent.ask(app.address(), &Wish::Download { host }, &request.file_name, cancel)?;
        self.downloads
            .start(app.address(), &request)
            .map_err(|error| match error {
                FilesError::Failed(_) | FilesError::Cancelled => HostError::Download(format!("download: {error}")),
                other => failed(other),
            })
    }

    pub(crate) fn is_downloaded(&self, app: &dyn App, file_name: &str) -> Result<bool, HostError> {
        self.downloads.is_there(app.address(), file_name).map_err(failed)
    }

    pub(crate) fn extract(&self, app: &dyn App, archive: &str) -> Result<(), HostError> {
        self.downloads
            .extract(app.address(), archive)
            .map(|_| ())
            .map_err(failed)
    }
}

/// A video in memory or on the disk.
enum Video {
    Bytes(Cursor<Vec<u8>>),
    File(File),
}

impl Read for Video {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bytes(bytes) => bytes.read(buffer),
            Self::File(file) => file.read(buffer),
        }
    }
}

impl io::Seek for Video {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        match self {
            Self::Bytes(bytes) => bytes.seek(to),
            Self::File(file) => file.seek(to),
        }
    }
}

/// The messages name the parameter already; a page knows it as part of `data`.
fn failed(error: FilesError) -> HostError {
    match error {
        FilesError::Invalid(text) => HostError::Invalid(format!("data.{text}")),
        FilesError::NotFound(_) => HostError::NotFound(format!("data: {error}")),
        FilesError::TooLarge(text) => HostError::TooLarge(text),
        FilesError::Cancelled | FilesError::Failed(_) => HostError::Failed(error.to_string()),
    }
}
