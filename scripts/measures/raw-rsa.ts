import { createPrivateKey, type JsonWebKey } from 'node:crypto'
import file from '../../fixtures/keys/rsa.json' with { type: 'json' }
import {
  type RsaPublicKey,
  rsaPrivateKey,
  rsaPublicKey,
  rsaRecover,
  rsaSign,
} from '../../protocols/emv/oda/rsa.ts'

/** The keys of `mchip-like-contact`. */
const PUBLIC = ['authority-1408', 'issuer-1408', 'card-1152', 'card-1152'] as const
const PRIVATE = 'card-1152'
const CRYPTOGRAMS = 2

/**
 * The RSA of one contact transaction with CDA and two cryptograms, and nothing else: the card signs both (EMV 4.4 Book 2, 6.6.1), the
 * terminal opens the certificates of issuer and card and both signatures (6.3, 6.4, 6.6.2).
 */
export function rawRsa(): () => void {
  const card = rsaPrivateKey(createPrivateKey({ key: jwk(PRIVATE), format: 'jwk' }))
  const signed = below(card.length)
  const opened = PUBLIC.map((name) => publicKey(name)).map((key) => [key, below(key.modulus.length)] as const)
  return () => {
    for (let cryptogram = 0; cryptogram < CRYPTOGRAMS; cryptogram++) rsaSign(card, signed)
    for (const [key, block] of opened) rsaRecover(key, block)
  }
}

/** As signed data begin (Book 2, A2.1.2), so below every modulus. */
function below(length: number): Uint8Array {
  return new Uint8Array(length).fill(0x6a)
}

function publicKey(name: keyof typeof file.keys): RsaPublicKey {
  const { n, e } = file.keys[name]
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
  const key = rsaPublicKey(bytes(n), bytes(e))
  if (key === null) throw new TypeError(`expected an RSA key ${name} in fixtures/keys/rsa.json, it is none`)
  return key
}

function jwk(name: keyof typeof file.keys): JsonWebKey {
  return file.keys[name]
}
