//! What an app may do only with the person's word, and how that word is got (bridge 2.4 and 3).
//!
//! A call that needs it waits in [`Consent::ask`]. Whoever shows questions to the person is told by [`Front`] that the
//! questions of an app have changed, reads them with [`Consent::questions`] and gives the answer to [`Consent::decide`].
//! A call waits [`PATIENCE`] and is then refused; its question stays, and an allowance that comes later counts for the
//! next call.

mod grants;
mod wish;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use coco_keys::Address;

use crate::cancel::Cancel;
use crate::host::HostError;
pub use grants::{Grant, Grants, Word};
pub use wish::Wish;

/// Longest wait of a call for the person: clients give up after 30 seconds (bridge 2.4).
pub const PATIENCE: Duration = Duration::from_secs(25);

/// Most questions of one app that may be open at the same time.
const QUESTIONS: usize = 5;

/// Shows questions to the person.
pub trait Front: Send + Sync {
    /// The open questions of an app are others than before. Called without any lock held.
    fn changed(&self, app: &Address);
}

/// Number of a question, unique while the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct QuestionId(u64);

/// A question that the person has not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its number.
    pub id: QuestionId,
    /// Who asks.
    pub app: Address,
    /// What for.
    pub wish: Wish,
    /// The whole of it, such as an address, as the app gave it.
    pub detail: String,
    /// Whether the call that asked was refused for want of an answer. An allowance then counts for the next.
    pub late: bool,
}

/// The person's answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Yes or no.
    pub word: Word,
    /// Whether it holds for the next time too.
    pub remember: bool,
}

/// What the person has allowed, and what they are being asked.
pub struct Consent {
    grants: Grants,
    patience: Duration,
    front: Mutex<Option<Arc<dyn Front>>>,
    state: Mutex<State>,
    own: Weak<Self>,
}

#[derive(Default)]
struct State {
    next: u64,
    open: Vec<Open>,
    /// Allowed once, after the call that asked had been refused.
    late: BTreeSet<(Address, Wish)>,
}

struct Open {
    question: Question,
    /// Calls that wait for the answer, each with a number of its own.
    waiting: Vec<(u64, Sender<Word>)>,
}

impl Consent {
    /// Opens what a data folder remembers.
    ///
    /// # Errors
    /// When the folder cannot be read. A damaged file is set aside: questions are asked again.
    pub fn open(folder: &Path) -> io::Result<Arc<Self>> {
        Self::with_patience(folder, PATIENCE)
    }

    pub(crate) fn with_patience(folder: &Path, patience: Duration) -> io::Result<Arc<Self>> {
        let grants = Grants::open(folder)?;
        Ok(Arc::new_cyclic(|own| Self {
            grants,
            patience,
            front: Mutex::default(),
            state: Mutex::default(),
            own: Weak::clone(own),
        }))
    }

    /// Says who shows questions from now on. Without one, whatever was not allowed before is refused at once.
    pub fn set_front(&self, front: Arc<dyn Front>) {
        *self.front.lock().unwrap_or_else(PoisonError::into_inner) = Some(front);
    }

    /// What the person said and wants remembered.
    pub fn grants(&self) -> &Grants {
        &self.grants
    }

    /// Waits for the person's word on a wish, unless they gave it before.
    ///
    /// # Errors
    /// [`HostError::Refused`] when the word is no, does not come in time or nobody waits for it any more;
    /// [`HostError::Failed`] when the app has too many questions open.
    pub fn ask(&self, app: &Address, wish: &Wish, detail: &str, cancel: &Cancel) -> Result<(), HostError> {
        match self.grants.get(app, wish) {
            Some(Word::Yes) => return Ok(()),
            Some(Word::No) => return Err(HostError::Refused),
            None => {}
        }
        let (caller, answer) = {
            let mut state = self.lock();
            if state.late.remove(&(*app, wish.clone())) {
                return Ok(());
            }
            if self.front().is_none() {
                return Err(HostError::Refused);
            }
            state.join(app, wish, detail)?
        };
        self.changed(app);
        let (own, asker) = (Weak::clone(&self.own), *app);
        cancel.on_cancel(move || {
            if let Some(consent) = own.upgrade() {
                consent.withdraw(&asker, caller);
            }
        });
        let word = answer.recv_timeout(self.patience);
        if matches!(word, Err(RecvTimeoutError::Timeout)) {
            self.give_up(app, caller);
        }
        match word {
            Ok(Word::Yes) => Ok(()),
            Ok(Word::No) | Err(_) => Err(HostError::Refused),
        }
    }

    /// The open questions of an app, oldest first.
    pub fn questions(&self, app: &Address) -> Vec<Question> {
        let state = self.lock();
        let of_app = state.open.iter().filter(|open| open.question.app == *app);
        of_app.map(|open| open.question.clone()).collect()
    }

    /// Answers a question; one that is not open any more is left alone.
    ///
    /// # Errors
    /// When the answer shall be remembered and cannot be written. It counts for now all the same.
    pub fn decide(&self, id: QuestionId, answer: Answer) -> io::Result<()> {
        let Some(Open { question, waiting }) = self.lock().take(id) else {
            return Ok(());
        };
        let Question { app, wish, .. } = question;
        let kept = if answer.remember {
            self.grants.set(&app, &wish, answer.word)
        } else {
            Ok(())
        };
        if waiting.is_empty() && answer.word == Word::Yes && (!answer.remember || kept.is_err()) {
            self.lock().late.insert((app, wish));
        }
        for (_, caller) in waiting {
            // A caller that has just given up does not listen.
            let _ = caller.send(answer.word);
        }
        self.changed(&app);
        kept
    }

    /// The app's window is gone: its questions with it. Whoever still waits is refused.
    pub fn dismiss(&self, app: &Address) {
        let mut state = self.lock();
        let before = state.open.len();
        state.open.retain(|open| open.question.app != *app);
        state.late.retain(|(asker, _)| asker != app);
        let after = state.open.len();
        drop(state);
        if before != after {
            self.changed(app);
        }
    }

    /// A call was taken back: its question goes, unless another call waits for it or it is late already.
    fn withdraw(&self, app: &Address, caller: u64) {
        let mut state = self.lock();
        state.leave(caller);
        state.open.retain(|open| open.question.late || !open.waiting.is_empty());
        drop(state);
        self.changed(app);
    }

    /// A call has waited long enough; its question stays.
    fn give_up(&self, app: &Address, caller: u64) {
        let mut state = self.lock();
        if let Some(open) = state.leave(caller) {
            open.question.late = open.waiting.is_empty();
        }
        drop(state);
        self.changed(app);
    }

    fn changed(&self, app: &Address) {
        if let Some(front) = self.front() {
            front.changed(app);
        }
    }

    fn front(&self) -> Option<Arc<dyn Front>> {
        self.front.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Waits for the question that asks the same, or for a new one.
    fn join(&mut self, app: &Address, wish: &Wish, detail: &str) -> Result<(u64, mpsc::Receiver<Word>), HostError> {
        let (answer, answered) = mpsc::channel();
        let caller = self.number();
        let same = |open: &&mut Open| open.question.app == *app && open.question.wish == *wish;
        if let Some(open) = self.open.iter_mut().find(same) {
            open.question.late = false;
            open.question.detail = detail.to_owned();
            open.waiting.push((caller, answer));
            return Ok((caller, answered));
        }
        if self.open.iter().filter(|open| open.question.app == *app).count() >= QUESTIONS {
            return Err(HostError::Failed(format!(
                "too many questions: at most {QUESTIONS} wait for the user's word"
            )));
        }
        let question = Question {
            id: QuestionId(self.number()),
            app: *app,
            wish: wish.clone(),
            detail: detail.to_owned(),
            late: false,
        };
        self.open.push(Open {
            question,
            waiting: vec![(caller, answer)],
        });
        Ok((caller, answered))
    }

    fn take(&mut self, id: QuestionId) -> Option<Open> {
        let index = self.open.iter().position(|open| open.question.id == id)?;
        Some(self.open.remove(index))
    }

    /// Takes a caller from its question, and gives that.
    fn leave(&mut self, caller: u64) -> Option<&mut Open> {
        let waits = |open: &&mut Open| open.waiting.iter().any(|(number, _)| *number == caller);
        let open = self.open.iter_mut().find(waits)?;
        open.waiting.retain(|(number, _)| *number != caller);
        Some(open)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
