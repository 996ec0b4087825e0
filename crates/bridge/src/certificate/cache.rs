//! Certificates that need not be read and verified again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::Content;

/// Most certificates that are kept.
const CERTIFICATES: usize = 64;

/// The certificates used last, by their JSON text as it was sent.
///
/// Kept is only what never changes: that the signature over this content is by its issuer. Whether the issuer is trusted and
/// the certificate holds now is asked every time.
#[derive(Default)]
pub struct Cache {
    /// Newest first.
    entries: Mutex<VecDeque<Entry>>,
}

struct Entry {
    sign: Box<str>,
    content: Arc<Content>,
}

impl Cache {
    /// What a certificate says whose signature was verified before.
    #[must_use]
    pub fn get(&self, sign: &str) -> Option<Arc<Content>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let place = entries.iter().position(|entry| *entry.sign == *sign)?;
        if place > 0 {
            let entry = entries.remove(place)?;
            entries.push_front(entry);
        }
        entries.front().map(|entry| Arc::clone(&entry.content))
    }

    /// Keeps a certificate whose signature was verified, in place of the one that was used longest ago.
    pub fn insert(&self, sign: &str, content: &Arc<Content>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.truncate(CERTIFICATES - 1);
        entries.push_front(Entry {
            sign: sign.into(),
            content: Arc::clone(content),
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::certificate::tests::content;

    #[test]
    fn keeps_those_used_last() {
        let cache = Cache::default();
        let content = Arc::new(content());
        cache.insert("first", &content);
        for number in 1..CERTIFICATES {
            cache.insert(&number.to_string(), &content);
        }
        assert!(Arc::ptr_eq(&cache.get("first").unwrap(), &content));
        cache.insert("more", &content);
        assert!(cache.get("1").is_none());
        assert!(cache.get("first").is_some() && cache.get("2").is_some() && cache.get("more").is_some());
        assert_eq!(cache.entries.lock().unwrap().len(), CERTIFICATES);
    }
}
