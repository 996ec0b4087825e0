//! Our keys against those of others, in both directions: `tests/interop/keys.py` (coincurve and sslcrypto, and the standards
//! written down once more) and `tests/interop/keys.mjs` (bitcoinjs-message).
//!
//! Keys and texts are random; the seed is printed, and `COCO_TEST_SEED` repeats a run. The other implementations must be
//! there, since a test that skips itself proves nothing: `tests/interop/setup.sh` installs them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitcoin::hex::DisplayHex as _;
use bitcoin::secp256k1::rand::rngs::StdRng;
use bitcoin::secp256k1::rand::{Rng as _, RngCore as _, SeedableRng as _};
use bitcoin::{NetworkKind, PrivateKey};
use coco_keys::{Address, Identity, SigningKey, message};
use serde_json::{Value, json};

/// How many random keys each test tries in each direction and form.
const ROUNDS: usize = 8;

/// Another implementation: a program that answers one JSON line for each JSON line.
struct Peer {
    name: &'static str,
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    fn python() -> Self {
        let python = project().join("tests/.run/venv/bin/python");
        assert!(
            python.exists(),
            "the Python environment of the interop tests is missing; run tests/interop/setup.sh"
        );
        Self::start("keys.py", &python)
    }

    fn node() -> Self {
        Self::start("keys.mjs", Path::new("node"))
    }

    fn start(name: &'static str, program: &Path) -> Self {
        let mut process = Command::new(program)
            .arg(project().join("tests/interop").join(name))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} cannot be started ({error}); run tests/interop/setup.sh"));
        Self {
            name,
            requests: process.stdin.take().unwrap(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            process,
        }
    }

    fn ask(&mut self, request: &Value) -> Value {
        let mut answer = String::new();
        let heard = writeln!(self.requests, "{request}")
            .and_then(|()| self.answers.read_line(&mut answer))
            .unwrap_or(0);
        assert!(
            heard > 0,
            "{} ended without an answer to {request:.200}; if it misses a package, run tests/interop/setup.sh",
            self.name
        );
        serde_json::from_str(&answer).unwrap()
    }

    /// A key of theirs in wallet import format, and its address.
    fn generate(&mut self, compressed: bool) -> (String, Address) {
        let answer = self.ask(&json!({"op": "generate", "compressed": compressed}));
        (text(&answer, "wif"), text(&answer, "address").parse().unwrap())
    }

    /// Their signature, and the address that they see behind the key.
    fn sign(&mut self, wif: &str, message: &str) -> (String, Address) {
        let answer = self.ask(&json!({"op": "sign", "wif": wif, "message": message}));
        (text(&answer, "signature"), text(&answer, "address").parse().unwrap())
    }

    fn accepts(&mut self, address: &Address, message: &str, signature: &str) -> bool {
        let request = json!({"op": "verify", "address": address, "message": message, "signature": signature});
        self.ask(&request)["valid"].as_bool().unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Our own child; it may have ended by itself already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap().to_owned()
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Randomness that can be repeated.
fn random() -> StdRng {
    let seed = match std::env::var("COCO_TEST_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => bitcoin::secp256k1::rand::random(),
    };
    println!("COCO_TEST_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

/// Messages that have gone wrong somewhere, and some random ones; lengths around the steps of Bitcoin's integers.
fn messages(random: &mut StdRng) -> Vec<String> {
    let mut messages: Vec<String> = [
        "",
        " ",
        "hello",
        "你好，世界",
        "🦊👩‍👩‍👧‍👦",
        "one\ntwo\r\nthree\n",
        "\0\u{7f}\u{feff}\u{2028}",
        "e\u{301} is not \u{e9}",
    ]
    .map(str::to_owned)
    .to_vec();
    messages.extend([252, 253, 10_240, 65_535, 65_536].map(|length| "x".repeat(length)));
    for _ in 0..ROUNDS {
        let length = random.gen_range(1..400);
        messages.push((0..length).map(|_| random.r#gen::<char>()).collect());
    }
    messages
}

/// A key of ours as a developer would have it.
fn wif(random: &mut StdRng, compressed: bool) -> String {
    let (secret, _) = bitcoin::secp256k1::generate_keypair(random);
    PrivateKey {
        compressed,
        network: NetworkKind::Main,
        inner: secret,
    }
    .to_wif()
}

/// They verify what we sign, and refuse the same signature for anything else.
fn our_signatures_are_theirs(peer: &mut Peer) {
    let mut random = random();
    let messages = messages(&mut random);
    for compressed in [true, false] {
        for round in 0..ROUNDS {
            let (key, theirs) = if round % 2 == 0 {
                let (wif, address) = peer.generate(compressed);
                (SigningKey::from_wif(&wif).unwrap(), Some(address))
            } else {
                (SigningKey::from_wif(&wif(&mut random, compressed)).unwrap(), None)
            };
            let address = key.address();
            assert!(theirs.is_none_or(|theirs| theirs == address));
            for message in &messages {
                let signature = key.sign_message(message);
                assert!(
                    peer.accepts(&address, message, &signature),
                    "{address} {message:.100?} {signature}"
                );
            }
            let signature = key.sign_message("hello");
            assert!(!peer.accepts(&address, "hello ", &signature));
            let stranger = SigningKey::generate().unwrap().address();
            assert!(!peer.accepts(&stranger, "hello", &signature));
        }
    }
}

/// We verify what they sign, by keys of either side in wallet import format.
fn their_signatures_are_ours(peer: &mut Peer) {
    let mut random = random();
    let messages = messages(&mut random);
    for compressed in [true, false] {
        for round in 0..ROUNDS {
            let key = if round % 2 == 0 {
                peer.generate(compressed).0
            } else {
                wif(&mut random, compressed)
            };
            let ours = SigningKey::from_wif(&key).unwrap();
            assert_eq!(*ours.to_wif(), key);
            for message in &messages {
                let (signature, address) = peer.sign(&ours.to_wif(), message);
                assert_eq!(address, ours.address());
                assert_eq!(message::recover(message, &signature).unwrap(), address);
                assert!(message::verify(&address, message, &signature));
                assert!(!message::verify(&address, &format!("{message}."), &signature));
                // Both sides choose the nonce by RFC 6979, so even the bytes are the same.
                assert_eq!(signature, ours.sign_message(message));
            }
        }
    }
}

#[test]
fn coincurve_verifies_our_signatures() {
    our_signatures_are_theirs(&mut Peer::python());
}

#[test]
fn we_verify_the_signatures_of_coincurve() {
    their_signatures_are_ours(&mut Peer::python());
}

#[test]
fn bitcoinjs_verifies_our_signatures() {
    our_signatures_are_theirs(&mut Peer::node());
}

#[test]
fn we_verify_the_signatures_of_bitcoinjs() {
    their_signatures_are_ours(&mut Peer::node());
}

#[test]
fn a_person_has_the_same_accounts_elsewhere() {
    let mut random = random();
    let mut python = Peer::python();
    for message in messages(&mut random) {
        let person = Identity::generate().unwrap();
        let app = Address::from_hash160(random.r#gen());
        let generation = if random.r#gen() { random.r#gen() } else { 0 };
        let account = person.app_account(&app, generation).unwrap();

        let answer = python.ask(&json!({
            "op": "account", "mnemonic": *person.mnemonic(), "app": app, "generation": generation, "message": message,
        }));
        assert_eq!(text(&answer, "address"), account.address().to_string());
        let encryption: String = account
            .encryption_public_key()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(text(&answer, "encryptionKey"), encryption);

        let signatures = answer["signatures"].as_array().unwrap();
        assert_eq!(signatures.len(), 12);
        for signature in signatures {
            let signature = signature.as_str().unwrap();
            assert!(account.verify(&message, signature), "{message:.100?} {signature}");
            assert!(!account.verify(&format!("{message}."), signature));
        }
        assert!(python.accepts(&account.address(), &message, &account.sign(&message)));
    }
}

/// Messages of lengths around the cipher's block, of 1 MiB, and texts.
fn secrets(random: &mut StdRng) -> Vec<Vec<u8>> {
    let mut secrets: Vec<Vec<u8>> = messages(random).into_iter().map(String::into_bytes).collect();
    for length in [1, 15, 16, 17, 31, 32, 33, 1 << 20] {
        let mut bytes = vec![0; length];
        random.fill_bytes(&mut bytes);
        secrets.push(bytes);
    }
    secrets
}

#[test]
fn sslcrypto_opens_what_we_encrypt_and_we_what_it_encrypts() {
    let mut random = random();
    let mut python = Peer::python();
    let person = Identity::generate().unwrap();
    let app = Address::from_hash160(random.r#gen());
    let account = person.app_account(&app, 3).unwrap();
    let key = account.encryption_public_key().to_lower_hex_string();
    let mut opened_there = |encrypted: &[u8]| {
        python.ask(&json!({
            "op": "decrypt", "mnemonic": *person.mnemonic(), "app": app, "generation": 3,
            "encrypted": STANDARD.encode(encrypted),
        }))["message"]
            .as_str()
            .map(|message| STANDARD.decode(message).unwrap())
    };
    let secrets = secrets(&mut random);
    for secret in &secrets {
        let encrypted = account.encrypt(secret).unwrap();
        assert!(
            opened_there(&encrypted).as_ref() == Some(secret),
            "{} bytes",
            secret.len()
        );
        let mut changed = encrypted;
        let place = random.gen_range(0..changed.len());
        changed[place] ^= 1 << random.gen_range(0..8);
        assert_eq!(opened_there(&changed), None);
        assert!(account.decrypt(&changed).is_err());
    }
    for secret in &secrets {
        let request = json!({"op": "encrypt", "key": key, "message": STANDARD.encode(secret)});
        let encrypted = STANDARD.decode(text(&python.ask(&request), "encrypted")).unwrap();
        assert!(
            *account.decrypt(&encrypted).unwrap() == *secret,
            "{} bytes",
            secret.len()
        );
        assert!(person.app_account(&app, 4).unwrap().decrypt(&encrypted).is_err());
    }
}
