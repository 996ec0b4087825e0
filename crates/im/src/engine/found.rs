//! How an account begins on this device: as a new one, from its backup, or let in by the primary device (im.md 4).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coco_e2ee::{DeviceList, Machine, SignedDeviceList, UserId};
use coco_keys::{DataKey, DeviceKey, Identity, PasswordCheck, Safe};
use zeroize::Zeroizing;

use super::Engine;
use super::account::{Chosen, Door, fill, words_password};
use super::files::{self, ATTEMPTS, DEVICE_KEY, Files, MEDIA, SAFE, STORE, Step, create_store};
use super::passwords::{Label, Passwords, is_well_formed, refused};
use crate::events::{Bus, Event};
use crate::model::account::{self, Founding};
use crate::model::room;
use crate::net::{Arrival, furnish_device, restore_backup};
use crate::routes::auth_login::{Applicant, is_valid};
use crate::session::Opened;
use crate::{Code, Failure, Outcome, Session, User};

/// Whose account begins on this device, and with what.
pub(crate) struct Beginning<'a> {
    /// The person.
    pub(crate) user: User,
    /// The recovery words, if they were given: they open the account when its password is forgotten.
    pub(crate) words: Option<&'a Identity>,
    /// Whether this device keeps the words and is the primary one.
    pub(crate) is_primary: bool,
    /// Whether the user has the recovery words on paper already: 0 no, 1 yes.
    pub(crate) backup: i64,
    pub(crate) chosen: Chosen<'a>,
    /// Writes what the account has from the beginning.
    pub(crate) furnish: &'a dyn Fn(&Session) -> Outcome<()>,
}

/// What a device has that the primary one let in.
pub(crate) struct Admitted {
    /// Its key.
    pub(crate) device: DeviceKey,
    pub(crate) machine: Machine,
    /// What its encryption keeps, by name.
    pub(crate) blobs: Vec<(String, Zeroizing<Vec<u8>>)>,
    /// The list that it is on.
    pub(crate) signed: SignedDeviceList,
    pub(crate) list: DeviceList,
    /// The user's delivery token.
    pub(crate) token: [u8; 32],
}

/// The key of this installation, which is made if there is none.
pub(super) fn own_device(door: &mut Door) -> Outcome<&DeviceKey> {
    if door.device.is_none() {
        door.device = Some(DeviceKey::generate().map_err(refused)?);
    }
    door.device.as_ref().ok_or(Failure::of(Code::EXCEPTION))
}

impl Engine {
    /// Makes the account of a person in place of the one that may be there; gives its data key.
    ///
    /// # Errors
    /// 20065 for a password's form, 500 if the system refuses; what was there is then still there.
    pub(super) fn found(&self, door: &mut Door, beginning: &Beginning<'_>) -> Outcome<DataKey> {
        let (files, cost, chosen) = (self.files(), self.options().cost, beginning.chosen);
        if [chosen.login, chosen.wallet]
            .into_iter()
            .flatten()
            .any(|password| !is_well_formed(password))
        {
            return Err(Code::PASSWORD_FORM.into());
        }
        let mut steps = vec![
            Step::Place(STORE),
            Step::Place(SAFE),
            Step::Remove(ATTEMPTS),
            Step::Remove(MEDIA),
        ];
        let password = match chosen.login {
            Some(password) => {
                steps.push(Step::Remove(DEVICE_KEY));
                Zeroizing::new(password.to_owned())
            }
            None => {
                steps.push(Step::Place(DEVICE_KEY));
                new_device_key(&files)?
            }
        };
        let (mut safe, key) = Safe::create_with(files.new_at(SAFE), cost).map_err(refused)?;
        let mut passwords = vec![(Label::Login, password)];
        if let Some(words) = beginning.words {
            passwords.push((Label::Mnemonic, words_password(words)?));
        }
        for (label, password) in passwords {
            let derived = safe.derive(&password).map_err(refused)?;
            safe.set(&key, &label.text(), &derived).map_err(refused)?;
        }
        let wallet_check = match chosen.wallet {
            Some(password) => PasswordCheck::new(password, cost).map_err(refused)?,
            None => String::new(),
        };
        let founding = Founding {
            user: &beginning.user,
            words: beginning.words.filter(|_| beginning.is_primary),
            anonymous: chosen.login.is_none(),
            wallet_check: &wallet_check,
            backup: beginning.backup,
            machine: &self.machine()?,
            device_secret: &own_device(door)?.to_bytes(),
            language: &self.options().language,
            now: self.options().clock.now(),
        };
        let store = Arc::new(create_store(&files.new_at(STORE), &key)?);
        store.write(|write| account::found(write, &founding))?;
        self.furnish(beginning, Arc::clone(&store), key.clone())?;
        store.close();
        door.device = None;
        self.leave();
        files.commit(&steps).map_err(files::failed(self.folder()))?;
        self.sweep();
        Ok(key)
    }

    /// Writes what the account has from the beginning, before anybody sees it.
    fn furnish(&self, beginning: &Beginning<'_>, store: Arc<crate::store::Store>, key: DataKey) -> Outcome<()> {
        let passwords = Passwords::new(self.files().new_at(SAFE), key, Arc::default());
        let session = Session::new(
            beginning.user.clone(),
            room::DEFAULT.to_owned(),
            Opened { store, passwords },
            Bus::default(),
            self.options().clock.clone(),
        );
        (beginning.furnish)(&session)
    }

    /// Makes the account of a person in place of the one that may be there, as its backup has it, and enters it (2.4). This device
    /// is the primary one then.
    ///
    /// # Errors
    /// 20065 for the password's form, 500 if the system refuses; the account that was there is then still there.
    pub(crate) fn begin_anew(&self, door: &mut Door, identity: &Identity, password: Option<&str>) -> Outcome<()> {
        if password.is_some_and(|password| !is_well_formed(password)) {
            return Err(Code::PASSWORD_FORM.into());
        }
        self.put_unreadable_safe_aside()?;
        let (list, backup) = (door.list.clone(), door.backup.clone());
        let beginning = Beginning {
            user: account::user(identity)?,
            words: Some(identity),
            is_primary: true,
            backup: 1,
            chosen: Chosen {
                login: password,
                wallet: None,
            },
            furnish: &|session| restore_backup(session, list.as_ref(), backup.as_ref()),
        };
        let key = self.found(door, &beginning)?;
        (door.list, door.backup) = (None, None);
        close(door);
        self.enter(key, &Label::Login)?;
        Ok(())
    }

    /// Begins the account that this device was let into, in place of the one that may be there, and enters it without a password.
    ///
    /// # Errors
    /// 20071 if recovery words of somebody else were given, 500 if the system refuses.
    pub(crate) fn admit(&self, admitted: &Admitted) -> Outcome<()> {
        let mut door = self.door();
        let address = bs58::encode(admitted.list.user).into_string();
        let words = match door.arriving.take() {
            Some(identity) if account::user(&identity)?.address == address => Some(identity),
            Some(_) => return Err(Code::KEY_CHECK.into()),
            None => None,
        };
        door.device = Some(DeviceKey::from_bytes(&admitted.device.to_bytes()));
        self.put_unreadable_safe_aside()?;
        let beginning = Beginning {
            user: User {
                address,
                public_key: hex::encode(admitted.list.user),
                curve_key: hex::encode(admitted.list.curve),
            },
            words: words.as_ref(),
            is_primary: false,
            backup: 1,
            chosen: Chosen {
                login: None,
                wallet: None,
            },
            furnish: &|session| furnish_device(session, admitted),
        };
        let key = self.found(&mut door, &beginning)?;
        // For whoever sets a password next, by the same words.
        door.arriving = words;
        door.code = None;
        close(&mut door);
        self.enter(key, &Label::Login)?;
        self.events().tell(Event::Authorised {});
        Ok(())
    }

    /// Puts a safe that cannot be read aside, and the database that only it could open.
    ///
    /// # Errors
    /// 500 if the system refuses.
    fn put_unreadable_safe_aside(&self) -> Outcome<()> {
        let files = self.files();
        self.settle()?;
        if files.has_account() && Safe::at(files.at(SAFE)).is_err() {
            for name in [STORE, SAFE].into_iter().filter(|name| files::exists(&files.at(name))) {
                files.put_aside(name).map_err(files::failed(self.folder()))?;
            }
        }
        Ok(())
    }

    /// What the code of this device says, as far as that user may see it.
    ///
    /// # Errors
    /// 20017 if there is none or it has expired, 20071 if it is for somebody else.
    pub(crate) fn applicant(&self, user: &UserId) -> Outcome<Applicant> {
        let door = self.door();
        let code = door.code.clone().ok_or(Failure::of(Code::QR_EXPIRED))?;
        if !is_valid(code.time, self.options().clock.now()) {
            return Err(Code::QR_EXPIRED.into());
        }
        let address = bs58::encode(user).into_string();
        if *code.address != address && &*code.address != "-" {
            return Err(Code::KEY_CHECK.into());
        }
        Ok(code)
    }

    /// This device in the network while nobody is in; `None` if the program gave none.
    ///
    /// # Errors
    /// 20000 if the system gives no socket.
    pub(crate) fn arrive(&self, door: &mut Door) -> Outcome<Option<Arc<Arrival>>> {
        let Some(network) = self.network() else { return Ok(None) };
        if let Some(arrival) = &door.arrival {
            return Ok(Some(Arc::clone(arrival)));
        }
        let arrival = Arrival::open(network, own_device(door)?)?;
        door.arrival = Some(Arc::clone(&arrival));
        Ok(Some(arrival))
    }
}

/// Leaves the network as one who wants in.
pub(super) fn close(door: &mut Door) {
    if let Some(arrival) = door.arrival.take() {
        arrival.close();
    }
}

/// Makes what stands in for the password of an anonymous account.
fn new_device_key(files: &Files) -> Outcome<Zeroizing<String>> {
    let path = files.new_at(DEVICE_KEY);
    let mut bytes = Zeroizing::new([0; 32]);
    fill(bytes.as_mut_slice())?;
    let key = Zeroizing::new(STANDARD.encode(bytes.as_slice()));
    files::write(&path, key.as_bytes()).map_err(files::failed(&path))?;
    Ok(key)
}
