// Bitcoin signed messages by bitcoinjs-message, for comparison with ours. Reads one JSON request a line, answers one
// JSON line each:
//
//   {"op": "generate", "compressed": boolean}            -> {"wif", "address"}
//   {"op": "sign", "wif", "message"}                     -> {"address", "signature"}
//   {"op": "verify", "address", "message", "signature"}  -> {"valid"}

import { createECDH, createHash, randomBytes } from 'node:crypto'
import bitcoinMessage from 'bitcoinjs-message'
import bs58check from 'bs58check'
import * as wif from 'wif'

const MAINNET = 0x80

function addressOf(privateKey, compressed) {
  const curve = createECDH('secp256k1')
  curve.setPrivateKey(privateKey)
  const publicKey = curve.getPublicKey(null, compressed ? 'compressed' : 'uncompressed')
  const hash = createHash('ripemd160').update(createHash('sha256').update(publicKey).digest()).digest()
  return bs58check.encode(Buffer.concat([Buffer.from([0]), hash]))
}

function readWif(text) {
  const { privateKey, compressed } = wif.decode(text, MAINNET)
  return { privateKey: Buffer.from(privateKey), compressed }
}

const operations = {
  generate({ compressed }) {
    const privateKey = randomBytes(32)
    return { wif: wif.encode({ version: MAINNET, privateKey, compressed }), address: addressOf(privateKey, compressed) }
  },

  sign({ wif: text, message }) {
    const { privateKey, compressed } = readWif(text)
    const signature = bitcoinMessage.sign(message, privateKey, compressed).toString('base64')
    return { address: addressOf(privateKey, compressed), signature }
  },

  verify({ address, message, signature }) {
    try {
      return { valid: bitcoinMessage.verify(message, address, signature) }
    } catch {
      return { valid: false }
    }
  },
}

// Not node:readline, which takes some characters of a message for ends of lines.
let rest = ''
process.stdin.setEncoding('utf8')
for await (const chunk of process.stdin) {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop()
  for (const line of lines) {
    const request = JSON.parse(line)
    process.stdout.write(`${JSON.stringify(operations[request.op](request))}\n`)
  }
}
