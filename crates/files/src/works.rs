//! What is under way: who may go on, who is told, and who has to wait.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use cap_std::fs::Dir;
use coco_keys::Address;
use ureq::Agent;

use crate::FilesError;
use crate::folder::AppFolder;
use crate::progress::{Progress, State, Throttle};

/// Who hears of downloads.
pub(crate) struct Observer(Box<dyn Fn(&Progress) + Send + Sync>);

impl Observer {
    pub(crate) fn new(observer: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        Self(Box::new(observer))
    }
}

/// Ends a work from another thread.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    cancelled: AtomicBool,
    agent: Option<Agent>,
}

impl Stop {
    /// [`FilesError::Cancelled`] once it was cancelled.
    pub(crate) fn check(&self) -> Result<(), FilesError> {
        if self.cancelled.load(Ordering::Acquire) {
            Err(FilesError::Cancelled)
        } else {
            Ok(())
        }
    }

    /// The work ends soon, also when it waits for a server.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
        if let Some(agent) = &self.agent {
            agent.clone().shutdown();
        }
    }
}

/// A download or an extraction, in the hands of the thread that does it.
#[derive(Debug)]
pub(crate) struct Work {
    id: u64,
    pub(crate) stop: Arc<Stop>,
}

/// The same, in the list of what is under way.
struct Listed {
    id: u64,
    app: Address,
    stop: Arc<Stop>,
    /// Of a download.
    progress: Option<Progress>,
}

#[derive(Default)]
struct Inner {
    next: u64,
    listed: Vec<Listed>,
    /// An app for every work that has something unfinished in its folder.
    writing: Vec<Address>,
}

impl Inner {
    fn find(&mut self, work: &Work) -> Option<&mut Listed> {
        self.listed.iter_mut().find(|listed| listed.id == work.id)
    }

    fn take(&mut self, which: impl Fn(&Listed) -> bool) -> Vec<Listed> {
        self.listed.extract_if(.., |listed| which(listed)).collect()
    }
}

/// All that is under way. A work that is no longer listed has been cancelled and changes nothing any more.
pub(crate) struct Works {
    observer: Observer,
    /// Held while the observer is called, so that it hears of everything in order. Taken before `inner`.
    voice: Mutex<()>,
    inner: Mutex<Inner>,
    idle: Condvar,
}

impl Works {
    pub(crate) fn new(observer: Observer) -> Self {
        Self {
            observer,
            voice: Mutex::default(),
            inner: Mutex::default(),
            idle: Condvar::new(),
        }
    }

    /// A new download takes the place of the one that runs.
    pub(crate) fn begin_download(&self, app: &Address, file: &str, agent: Agent) -> Work {
        let progress = Progress {
            app: *app,
            file: file.to_owned(),
            received: 0,
            total: None,
            state: State::Running,
        };
        self.begin(app, Some(progress), Some(agent), |listed| listed.progress.is_some())
    }

    /// A new extraction takes the place of another of the same app.
    pub(crate) fn begin_extraction(&self, app: &Address) -> Work {
        self.begin(app, None, None, |listed| {
            listed.app == *app && listed.progress.is_none()
        })
    }

    fn begin(
        &self,
        app: &Address,
        progress: Option<Progress>,
        agent: Option<Agent>,
        replaces: impl Fn(&Listed) -> bool,
    ) -> Work {
        let stop = Arc::new(Stop {
            agent,
            ..Stop::default()
        });
        let _voice = lock(&self.voice);
        let mut inner = self.inner();
        let replaced = inner.take(replaces);
        let id = inner.next;
        inner.next += 1;
        inner.listed.push(Listed {
            id,
            app: *app,
            stop: stop.clone(),
            progress: progress.clone(),
        });
        drop(inner);
        self.cancelled(replaced);
        if let Some(progress) = progress {
            (self.observer.0)(&progress);
        }
        Work { id, stop }
    }

    /// Makes something unfinished in the folder of `app`. While the result lives, nobody clears that folder.
    pub(crate) fn write<'a, T>(
        &'a self,
        work: &Work,
        root: &'a Dir,
        app: &Address,
        make: impl FnOnce(&AppFolder) -> io::Result<T>,
    ) -> Result<Writing<'a, T>, FilesError> {
        let mut inner = self.inner();
        inner.find(work).ok_or(FilesError::Cancelled)?;
        inner.writing.push(*app);
        drop(inner);
        let guard = Guard {
            works: self,
            root,
            app: *app,
        };
        let failed = |error| FilesError::failed("the folder of the app", error);
        let folder = AppFolder::create(root, app).map_err(failed)?;
        let made = make(&folder).map_err(failed)?;
        Ok(Writing {
            folder,
            made,
            _guard: guard,
        })
    }

    /// Notes how far a download is, and tells it when it is time.
    pub(crate) fn report(&self, work: &Work, received: u64, total: Option<u64>, throttle: &mut Throttle) {
        self.received(work, received, total);
        if throttle.ready() {
            let _voice = lock(&self.voice);
            let progress = self.inner().find(work).and_then(|listed| listed.progress.clone());
            if let Some(progress) = progress {
                (self.observer.0)(&progress);
            }
        }
    }

    /// Notes how far a download is.
    pub(crate) fn received(&self, work: &Work, received: u64, total: Option<u64>) {
        if let Some(progress) = self.inner().find(work).and_then(|listed| listed.progress.as_mut()) {
            progress.received = received;
            progress.total = total;
        }
    }

    /// The last step of a work: done as a whole, or not at all when it was cancelled before.
    pub(crate) fn conclude(
        &self,
        work: &Work,
        action: impl FnOnce() -> Result<(), FilesError>,
    ) -> Result<(), FilesError> {
        let _voice = lock(&self.voice);
        let mut inner = self.inner();
        inner.find(work).ok_or(FilesError::Cancelled)?;
        action()?;
        let done = inner.take(|listed| listed.id == work.id);
        drop(inner);
        self.ended(done, State::Done);
        Ok(())
    }

    /// Takes a work that has not come to its conclusion off the list, and returns what to tell the caller.
    pub(crate) fn end(&self, work: &Work, result: Result<(), FilesError>) -> Result<(), FilesError> {
        let Err(error) = result else { return Ok(()) };
        let _voice = lock(&self.voice);
        let ended = self.inner().take(|listed| listed.id == work.id);
        if ended.is_empty() {
            return Err(FilesError::Cancelled);
        }
        self.ended(ended, State::Failed);
        Err(error)
    }

    /// Cancels the running download.
    pub(crate) fn cancel_download(&self) {
        self.cancel(|listed| listed.progress.is_some());
    }

    /// Cancels everything of one app.
    pub(crate) fn cancel_app(&self, app: &Address) {
        self.cancel(|listed| listed.app == *app);
    }

    fn cancel(&self, which: impl Fn(&Listed) -> bool) {
        let _voice = lock(&self.voice);
        let cancelled = self.inner().take(which);
        self.cancelled(cancelled);
    }

    /// Does something to the folder of `app` while nobody writes in it.
    pub(crate) fn when_idle<T>(&self, app: &Address, action: impl FnOnce() -> T) -> T {
        let _inner = self
            .idle
            .wait_while(self.inner(), |inner| inner.writing.contains(app))
            .unwrap_or_else(PoisonError::into_inner);
        action()
    }

    /// How far the running download is.
    pub(crate) fn running(&self) -> Option<Progress> {
        self.inner().listed.iter().find_map(|listed| listed.progress.clone())
    }

    fn cancelled(&self, works: Vec<Listed>) {
        for listed in &works {
            listed.stop.cancel();
        }
        self.ended(works, State::Cancelled);
    }

    fn ended(&self, works: Vec<Listed>, state: State) {
        for progress in works.into_iter().filter_map(|listed| listed.progress) {
            (self.observer.0)(&Progress { state, ..progress });
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }
}

/// The lists stay whole when an observer panics, so there is nothing to protect from afterwards.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Something unfinished in the folder of an app.
pub(crate) struct Writing<'a, T> {
    pub(crate) folder: AppFolder,
    pub(crate) made: T,
    _guard: Guard<'a>,
}

struct Guard<'a> {
    works: &'a Works,
    root: &'a Dir,
    app: Address,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let mut inner = self.works.inner();
        if let Some(at) = inner.writing.iter().position(|app| *app == self.app) {
            inner.writing.swap_remove(at);
        }
        if !inner.writing.contains(&self.app) {
            // Only an empty folder goes: one that was made for what then failed.
            let _ = self.root.remove_dir(self.app.to_string());
        }
        drop(inner);
        self.works.idle.notify_all();
    }
}

impl fmt::Debug for Works {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Works")
            .field("listed", &self.inner().listed.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::fetch::{self, Roots, Settings};

    fn apps() -> [Address; 2] {
        [1, 2].map(|number| Address::from_hash160([number; 20]))
    }

    fn agent() -> Agent {
        let roots = fetch::certificates(&Roots::System).unwrap();
        fetch::agent(&Settings::default(), &roots)
    }

    /// The names and states that an observer has heard.
    type Heard = Arc<Mutex<Vec<(String, State)>>>;

    /// Works, and what their observer has heard.
    fn works() -> (Works, Heard) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hearing = heard.clone();
        let works = Works::new(Observer::new(move |progress: &Progress| {
            lock(&hearing).push((progress.file.clone(), progress.state));
        }));
        (works, heard)
    }

    fn said(file: &str, state: State) -> (String, State) {
        (file.to_owned(), state)
    }

    #[test]
    fn what_was_cancelled_is_not_concluded() {
        let (works, heard) = works();
        let work = works.begin_download(&apps()[0], "a", agent());
        works.cancel_download();
        let mut concluded = false;
        let result = works.conclude(&work, || {
            concluded = true;
            Ok(())
        });
        assert_eq!(result, Err(FilesError::Cancelled));
        assert!(!concluded);
        let late = FilesError::Failed("the connection was cut".to_owned());
        assert_eq!(works.end(&work, Err(late)), Err(FilesError::Cancelled));
        works.report(&work, 7, None, &mut Throttle::new());
        assert_eq!(*lock(&heard), [said("a", State::Running), said("a", State::Cancelled)]);
    }

    #[test]
    fn what_was_concluded_is_not_cancelled() {
        let (works, heard) = works();
        let work = works.begin_download(&apps()[0], "a", agent());
        let result = works.conclude(&work, || Ok(()));
        works.cancel_download();
        assert_eq!(works.end(&work, result), Ok(()));
        assert_eq!(*lock(&heard), [said("a", State::Running), said("a", State::Done)]);
        assert_eq!(works.running(), None);
    }

    #[test]
    fn a_last_step_that_fails_is_a_failure() {
        let (works, heard) = works();
        let work = works.begin_download(&apps()[0], "a", agent());
        let failed = Err(FilesError::Failed("the disk".to_owned()));
        let result = works.conclude(&work, || failed.clone());
        assert_eq!(works.end(&work, result), failed);
        assert_eq!(*lock(&heard), [said("a", State::Running), said("a", State::Failed)]);
    }

    #[test]
    fn nobody_clears_while_something_is_written() {
        let temp = tempfile::tempdir().unwrap();
        let root = Dir::open_ambient_dir(temp.path(), cap_std::ambient_authority()).unwrap();
        let (works, _heard) = works();
        let [one, two] = apps();
        let work = works.begin_extraction(&one);
        let writing = works.write(&work, &root, &one, AppFolder::temporary_folder).unwrap();
        let finished = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let clearing = scope.spawn(|| works.when_idle(&one, || finished.load(Ordering::Acquire)));
            for _ in 0..1000 {
                std::thread::yield_now();
                assert!(!clearing.is_finished());
            }
            works.when_idle(&two, || assert!(root.is_dir(one.to_string())));
            finished.store(true, Ordering::Release);
            drop(writing);
            assert!(clearing.join().unwrap());
        });
        assert_eq!(root.entries().unwrap().count(), 0, "not even an empty folder");
    }

    #[test]
    fn each_takes_the_place_of_its_kind() {
        let (works, heard) = works();
        let [one, two] = apps();
        let first = works.begin_download(&one, "a", agent());
        let unpacking = works.begin_extraction(&one);
        let elsewhere = works.begin_extraction(&two);
        assert!(
            [&first, &unpacking, &elsewhere]
                .iter()
                .all(|work| work.stop.check().is_ok())
        );
        let again = works.begin_extraction(&one);
        assert!(unpacking.stop.check().is_err() && again.stop.check().is_ok() && elsewhere.stop.check().is_ok());
        let second = works.begin_download(&two, "b", agent());
        assert!(first.stop.check().is_err() && again.stop.check().is_ok() && second.stop.check().is_ok());
        works.cancel_app(&two);
        assert!(second.stop.check().is_err() && elsewhere.stop.check().is_err() && again.stop.check().is_ok());
        let expected = [
            said("a", State::Running),
            said("a", State::Cancelled),
            said("b", State::Running),
            said("b", State::Cancelled),
        ];
        assert_eq!(*lock(&heard), expected);
    }
}
