//! A device's own keys.

use std::fmt;

use coco_keys::DeviceKey;
use serde::{Deserialize, Serialize};
use vodozemac::olm::{Account, AccountPickle};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::keep::{Keep, Pickle, load, save};
use crate::outer::SealingKey;
use crate::prekeys::{FALLBACK_LIFE, ONE_TIME_KEYS};
use crate::{DeviceEntry, DeviceId, E2eeError, Prekey, PrekeyBundle, PrekeyKind, UserId};

/// The name of [`Kept`].
const MACHINE: &str = "machine";
/// The name of the Olm account.
const ACCOUNT: &str = "account";
/// The name of the fallback key that is given out.
const FALLBACK: &str = "fallback";

/// What encrypts and decrypts for one device of one user.
///
/// Only the device's fixed keys are in memory; everything that changes is in the [`Keep`] of the call. `Debug` shows the
/// public keys alone.
pub struct Machine {
    pub(crate) user: UserId,
    pub(crate) key: DeviceKey,
    pub(crate) sealing: SealingKey,
    pub(crate) olm: [u8; 32],
}

/// The fixed keys as they are kept.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Kept {
    user: UserId,
    device: DeviceId,
    olm: [u8; 32],
    sealing: [u8; 32],
}

impl Machine {
    /// Makes the keys of a device and keeps them; whatever was kept of another is replaced.
    ///
    /// # Errors
    /// [`E2eeError::Keep`].
    pub fn create<K: Keep>(keep: &mut K, user: UserId, key: DeviceKey) -> Result<Self, E2eeError> {
        let account = Account::new();
        let sealing = SealingKey::generate();
        let olm = account.curve25519_key().to_bytes();
        let kept = Kept {
            user,
            device: key.public_key(),
            olm,
            sealing: *sealing.to_bytes(),
        };
        save(keep, MACHINE, &kept)?;
        save_account(keep, &account)?;
        Ok(Self {
            user,
            key,
            sealing,
            olm,
        })
    }

    /// The keys that [`Machine::create`] kept, `None` if there are none.
    ///
    /// # Errors
    /// [`E2eeError::Spoiled`] if they are another device's or user's, [`E2eeError::Keep`].
    pub fn load<K: Keep>(keep: &K, user: UserId, key: DeviceKey) -> Result<Option<Self>, E2eeError> {
        let Some(kept) = load::<Kept, K>(keep, MACHINE)? else {
            return Ok(None);
        };
        if kept.user != user || kept.device != key.public_key() {
            return Err(E2eeError::Spoiled("it is another device's"));
        }
        Ok(Some(Self {
            user,
            key,
            sealing: SealingKey::from_bytes(&kept.sealing)?,
            olm: kept.olm,
        }))
    }

    /// The user whose device this is.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The device's ed25519 key.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.key.public_key()
    }

    /// The device's entry, with its proof, for the user to sign.
    ///
    /// `machine` is its `machineId`, at most 64 bytes; `primary` whether it keeps the recovery words; `added` in ms.
    #[must_use]
    pub fn entry(&self, machine: &str, primary: bool, added: u64) -> DeviceEntry {
        let keys = (&self.olm, &self.sealing.public_key());
        DeviceEntry::prove(&self.key, &self.user, keys, machine, primary, added)
    }

    /// The prekeys that are to be published now, `None` if enough are out.
    ///
    /// `left` is how many one-time keys the home node still has. Below half of [`ONE_TIME_KEYS`] it is filled up; the
    /// fallback key changes weekly. Until [`Machine::prekeys_published`] the same keys come again, so a node that
    /// could not be reached costs none.
    ///
    /// # Errors
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn prekeys<K: Keep>(&self, keep: &mut K, left: usize, now: u64) -> Result<Option<PrekeyBundle>, E2eeError> {
        let mut account = load_account(keep)?;
        let ready = left.saturating_add(account.one_time_keys().len());
        if ready < ONE_TIME_KEYS / 2 {
            account.generate_one_time_keys(ONE_TIME_KEYS - ready);
        }
        let fallback = self.renewed_fallback(keep, &mut account, now)?;
        save_account(keep, &account)?;
        let mut keys: Vec<_> = account.one_time_keys().into_iter().collect();
        if keys.is_empty() && account.fallback_key().is_empty() {
            return Ok(None);
        }
        keys.sort_by_key(|(id, _)| *id);
        let sign = |key: [u8; 32]| Prekey::sign(&self.key, self.olm, key, PrekeyKind::OneTime, now);
        Ok(Some(PrekeyBundle {
            one_time: keys.into_iter().map(|(_, key)| sign(key.to_bytes())).collect(),
            fallback,
        }))
    }

    /// Says that the node took what [`Machine::prekeys`] gave last.
    ///
    /// # Errors
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn prekeys_published<K: Keep>(&self, keep: &mut K) -> Result<(), E2eeError> {
        let mut account = load_account(keep)?;
        account.mark_keys_as_published();
        save_account(keep, &account)
    }

    /// The fallback key, for whoever asks this device itself or another home node.
    ///
    /// # Errors
    /// [`E2eeError::Keep`], [`E2eeError::Spoiled`].
    pub fn fallback<K: Keep>(&self, keep: &mut K, now: u64) -> Result<Prekey, E2eeError> {
        let mut account = load_account(keep)?;
        let fallback = self.renewed_fallback(keep, &mut account, now)?;
        save_account(keep, &account)?;
        Ok(fallback)
    }

    /// The fallback key, another one if it had its time. The one before is still good for messages that are under way.
    fn renewed_fallback<K: Keep>(&self, keep: &mut K, account: &mut Account, now: u64) -> Result<Prekey, E2eeError> {
        if let Some(fallback) = load::<Prekey, K>(keep, FALLBACK)?
            && fallback.device == self.device()
            && fallback.olm == self.olm
            && fallback.made.abs_diff(now) < FALLBACK_LIFE
        {
            return Ok(fallback);
        }
        account.generate_fallback_key();
        let key = account.fallback_key().into_values().next();
        let key = key.ok_or(E2eeError::Spoiled("the account has no fallback key"))?;
        let fallback = Prekey::sign(&self.key, self.olm, key.to_bytes(), PrekeyKind::Fallback, now);
        save(keep, FALLBACK, &fallback)?;
        Ok(fallback)
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("device", &self.key.address())
            .finish_non_exhaustive()
    }
}

/// The Olm account.
pub(crate) fn load_account<K: Keep>(keep: &K) -> Result<Account, E2eeError> {
    let pickle: Pickle = load(keep, ACCOUNT)?.ok_or(E2eeError::Spoiled("there is no account"))?;
    Ok(Account::from_pickle(pickle.state::<AccountPickle>()?))
}

/// Keeps the Olm account.
pub(crate) fn save_account<K: Keep>(keep: &mut K, account: &Account) -> Result<(), E2eeError> {
    save(keep, ACCOUNT, &Pickle::of(&account.pickle())?)
}
