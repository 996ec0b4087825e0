//! What the check of a level certificate costs, beside the bare secp256k1 operation that it cannot do without. Called by
//! `npm run bench`; prints one line of JSON for each round, with nanoseconds of one operation: the median of the round, in
//! which operations of all kinds take turns one by one, since whatever interrupts them hits single ones.
//!
//! Usage: `certificate_bench ROUNDS COUNT`

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use coco_bridge::Certificates;
use coco_bridge::certificate::{Caller, Content};
use coco_keys::{Address, SigningKey};
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use secp256k1::{Message, SECP256K1, SecretKey};
use serde_json::value::{RawValue, to_raw_value};

const APP: Address = Address::from_hash160([7; 20]);
const LEVEL: u8 = 8;
const NOW: i64 = 1_800_000_000_000;
const DAY: i64 = 86_400_000;

/// Checks of a certificate that was seen before that are timed together, being as short as the clock's own reading.
const AT_ONCE: u32 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let numbers: Vec<usize> = std::env::args()
        .skip(1)
        .map(|text| text.parse())
        .collect::<Result<_, _>>()?;
    let &[rounds, count] = numbers.as_slice() else {
        return Err("usage: certificate_bench ROUNDS COUNT".into());
    };
    let key = SigningKey::generate()?;
    let certificates = Certificates::in_memory();
    certificates.authorities().add(key.address(), "Measured")?;
    let caller = Caller {
        app: APP,
        version: Some("1.4.2"),
        now: NOW,
    };
    let check = |sign: &RawValue| certificates.check(Some(sign), LEVEL, &caller);
    let bares = Bares::new(count)?;
    for round in 0..rounds {
        // Every one is new, so that none is found in the cache.
        let signs = (0..count)
            .map(|number| certificate(&key, &format!("{round}-{number}")))
            .collect::<Result<Vec<_>, _>>()?;
        let [mut recover, mut checked, mut verify, mut cached] = [const { Vec::new() }; 4];
        for (sign, bare) in signs.iter().zip(&bares.0) {
            recover.push(nanoseconds(|| bare.recover())?);
            checked.push(nanoseconds(|| Ok(check(sign)?))?);
            verify.push(nanoseconds(|| bare.verify())?);
            let again = nanoseconds(|| Ok((0..AT_ONCE).try_for_each(|_| check(black_box(sign)))?))?;
            cached.push(again / f64::from(AT_ONCE));
        }
        let [recover, checked, verify, cached] = [recover, checked, verify, cached].map(median);
        println!(r#"{{"check":{checked},"recover":{recover},"verify":{verify},"cached":{cached}}}"#);
    }
    Ok(())
}

fn nanoseconds(run: impl FnOnce() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let since = Instant::now();
    run()?;
    Ok(since.elapsed().as_secs_f64() * 1e9)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// A certificate as a page sends it.
fn certificate(key: &SigningKey, serial: &str) -> Result<Box<RawValue>, Box<dyn Error>> {
    let content = Content {
        address: APP,
        level: LEVEL,
        version: Some("1.0.0".to_owned()),
        not_before: NOW - DAY,
        not_after: NOW + DAY,
        issuer: key.address(),
        serial: serial.to_owned(),
    };
    Ok(to_raw_value(&content.sign(key)?)?)
}

/// Signatures over digests, without text, address or anything else around them.
struct Bares(Vec<Bare>);

struct Bare {
    message: Message,
    signature: RecoverableSignature,
    key: secp256k1::PublicKey,
}

impl Bares {
    fn new(count: usize) -> Result<Self, Box<dyn Error>> {
        let key = SecretKey::from_slice(&[7; 32])?;
        let one = |number: usize| {
            let mut digest = [3; 32];
            for (place, byte) in digest.iter_mut().zip(number.to_le_bytes()) {
                *place = byte;
            }
            let message = Message::from_digest(digest);
            // As it comes in: from its bytes.
            let (id, bytes) = SECP256K1.sign_ecdsa_recoverable(&message, &key).serialize_compact();
            Ok(Bare {
                message,
                signature: RecoverableSignature::from_compact(&bytes, RecoveryId::from_i32(id.to_i32())?)?,
                key: key.public_key(SECP256K1),
            })
        };
        Ok(Self((0..count).map(one).collect::<Result<_, secp256k1::Error>>()?))
    }
}

impl Bare {
    fn recover(&self) -> Result<(), Box<dyn Error>> {
        black_box(SECP256K1.recover_ecdsa(&self.message, &self.signature)?);
        Ok(())
    }

    fn verify(&self) -> Result<(), Box<dyn Error>> {
        Ok(SECP256K1.verify_ecdsa(&self.message, &self.signature.to_standard(), &self.key)?)
    }
}
