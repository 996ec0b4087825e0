"""The keys of CocoCat Desktop, once more: Bitcoin signed messages, and the account of a person in an app.

Written against the standards (BIP-32, BIP-39, BIP-137, SLIP-0013, SLIP-0017) and independent of the crate: elliptic
curves come from coincurve, hashes from the standard library. Messages are encrypted by sslcrypto. Reads one JSON request a line, answers one JSON line each:

    {"op": "generate", "compressed": bool}               -> {"wif", "address"}
    {"op": "sign", "wif", "message"}                     -> {"address", "signature"}
    {"op": "verify", "address", "message", "signature"}  -> {"valid"}
    {"op": "account", "mnemonic", "app", "generation", "message"}
        -> {"address", "encryptionKey" (hex), "signatures": every spelling of a signature that an app may hand in}
    {"op": "encrypt", "key" (hex), "message"}            -> {"encrypted"}, both Base64
    {"op": "decrypt", "mnemonic", "app", "generation", "encrypted"}
        -> {"message"}, both Base64, or null if it cannot be opened
"""

import base64
import hashlib
import hmac
import json
import struct
import sys

import sslcrypto
from coincurve import PrivateKey, PublicKey
from coincurve.ecdsa import cdata_to_der, deserialize_compact

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HARDENED = 1 << 31
CURVE = sslcrypto.ecc.get_curve("secp256k1")
ECIES = {"algo": "aes-256-cbc", "derivation": "sha512", "mac": "hmac-sha256"}


def sha256(data):
    return hashlib.sha256(data).digest()


def base58check(payload):
    data = payload + sha256(sha256(payload))[:4]
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def un_base58check(text):
    number = 0
    for character in text:
        number = number * 58 + ALPHABET.index(character)
    zeros = len(text) - len(text.lstrip("1"))
    data = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    payload, checksum = data[:-4], data[-4:]
    if sha256(sha256(payload))[:4] != checksum:
        raise ValueError("base58 checksum")
    return payload


def address_of(public, compressed):
    digest = hashlib.new("ripemd160", sha256(public.format(compressed=compressed))).digest()
    return base58check(b"\0" + digest)


def read_wif(wif):
    payload = un_base58check(wif)
    if payload[0] != 0x80:
        raise ValueError("not a mainnet key")
    compressed = len(payload) == 34 and payload[33] == 1
    if not compressed and len(payload) != 33:
        raise ValueError("WIF length")
    return PrivateKey(payload[1:33]), compressed


def write_wif(key, compressed):
    return base58check(b"\x80" + key.secret + (b"\x01" if compressed else b""))


def magic_hash(message):
    text = message.encode()
    if len(text) < 0xFD:
        length = struct.pack("<B", len(text))
    elif len(text) <= 0xFFFF:
        length = b"\xfd" + struct.pack("<H", len(text))
    else:
        length = b"\xfe" + struct.pack("<I", len(text))
    return sha256(sha256(b"\x18Bitcoin Signed Message:\n" + length + text))


def sign(key, compressed, message):
    """The 65 bytes: header, r, s."""
    recoverable = key.sign_recoverable(magic_hash(message), hasher=None)
    return bytes([27 + recoverable[64] + (4 if compressed else 0)]) + recoverable[:64]


def verify(address, message, signature):
    data = base64.b64decode(signature, validate=True)
    if len(data) != 65 or not 27 <= data[0] <= 34:
        return False
    recovery, compressed = (data[0] - 27) & 3, data[0] >= 31
    public = PublicKey.from_signature_and_message(data[1:] + bytes([recovery]), magic_hash(message), hasher=None)
    return address_of(public, compressed) == address


def child(secret, chain, index):
    """One hardened step of BIP-32."""
    data = hmac.new(chain, b"\0" + secret + struct.pack(">I", index), hashlib.sha512).digest()
    number = (int.from_bytes(data[:32], "big") + int.from_bytes(secret, "big")) % ORDER
    return number.to_bytes(32, "big"), data[32:]


def service_key(mnemonic, purpose, uri, index):
    seed = hashlib.pbkdf2_hmac("sha512", mnemonic.encode(), b"mnemonic", 2048)
    node = hmac.new(b"Bitcoin seed", seed, hashlib.sha512).digest()
    secret, chain = node[:32], node[32:]
    words = struct.unpack("<4I", sha256(struct.pack("<I", index) + uri.encode())[:16])
    for step in (purpose, *words):
        secret, chain = child(secret, chain, HARDENED | step)
    return PrivateKey(secret)


def account(request):
    uri = "cocoapp://" + request["app"]
    signing = service_key(request["mnemonic"], 13, uri, request["generation"])
    encryption = service_key(request["mnemonic"], 17, uri, request["generation"])
    message = request["message"]
    full = sign(signing, True, message)
    recovery, r, s = full[0] - 31, full[1:33], int.from_bytes(full[33:], "big")
    high = bytes([31 + (recovery ^ 1)]) + r + (ORDER - s).to_bytes(32, "big")
    signatures = []
    for spelling in (full, high):
        der = cdata_to_der(deserialize_compact(spelling[1:]))
        with_digit = der + bytes([spelling[0] - 31])
        signatures.append(base64.b64encode(spelling).decode())
        signatures += [f(data) for data in (der, with_digit) for f in (bytes.hex, lambda d: base64.b64encode(d).decode())]
        signatures.append(der.hex() + str(spelling[0] - 31))
    return {
        "address": address_of(signing.public_key, True),
        "encryptionKey": encryption.public_key.format(compressed=True).hex(),
        "signatures": signatures,
    }


def encrypt(request):
    message, key = base64.b64decode(request["message"]), bytes.fromhex(request["key"])
    return {"encrypted": base64.b64encode(CURVE.encrypt(message, key, **ECIES)).decode()}


def decrypt(request):
    key = service_key(request["mnemonic"], 17, "cocoapp://" + request["app"], request["generation"])
    try:
        message = CURVE.decrypt(base64.b64decode(request["encrypted"]), key.secret, **ECIES)
    except Exception:  # a wrong point ends in errors of many kinds
        return {"message": None}
    return {"message": base64.b64encode(message).decode()}


def answer(request):
    op = request["op"]
    if op == "generate":
        key = PrivateKey()
        compressed = request["compressed"]
        return {"wif": write_wif(key, compressed), "address": address_of(key.public_key, compressed)}
    if op == "sign":
        key, compressed = read_wif(request["wif"])
        signature = base64.b64encode(sign(key, compressed, request["message"])).decode()
        return {"address": address_of(key.public_key, compressed), "signature": signature}
    if op == "verify":
        try:
            return {"valid": verify(request["address"], request["message"], request["signature"])}
        except Exception:  # whatever cannot be read or recovered is no signature
            return {"valid": False}
    if op == "account":
        return account(request)
    if op == "encrypt":
        return encrypt(request)
    if op == "decrypt":
        return decrypt(request)
    raise ValueError(f"unknown op {op}")


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
