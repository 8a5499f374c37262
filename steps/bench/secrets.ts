import { createPrivateKey, type KeyObject } from 'node:crypto'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { readPkcs8 } from '../../simulators/card/cryptogram.ts'
import type { CardImage } from '../../simulators/card/image.ts'
import type { Secret } from '../report/secrets.ts'
import { type Plan, SIDES } from './plan.ts'

/** What the parties of a bench authenticate each other with, and the key that card keys travel under. */
export function secretsOfPlan({
  transportKey,
  pinMailerKey,
  adminSecrets,
  webhookSecrets,
  peerTokens,
  tls,
  office,
  factory,
}: Plan): Secret[] {
  const ofSides = SIDES.flatMap((side) => [
    ofText(`secret of the ${side}'s Admin API`, adminSecrets[side].secret),
    ofText(`secret of the ${side}'s webhooks`, webhookSecrets[side].secret),
    ofText(`peer token of the ${side}'s Rafiki`, peerTokens[side]),
  ])
  return [
    { name: 'transport key', bytes: transportKey },
    { name: 'key of PIN letters', bytes: pinMailerKey },
    ofPrivateKey("TLS key of the merchant ASE's API for terminals", createPrivateKey(tls.key)),
    ofText("secret of the merchant ASE's office", office.secret),
    ofPrivateKey("key of the devices' factory", createPrivateKey(factory.key)),
    ...ofSides,
  ]
}

/** PAN and key of a card. */
export function secretsOfCard({ personalised, key }: CardImage): Secret[] {
  const value = fromHex(key.value)
  return [
    { name: 'PAN', digits: (personalised['5A'] ?? '').replace(/F$/, '') },
    { name: 'card key', bytes: value },
    ...(key.algorithm === 'aes-128' ? [] : [ofPrivateKey('card key', readPkcs8(value))]),
  ]
}

/** A PIN, as it stands in the clear in PIN blocks of format 0 and 4 (ISO 9564-1:2017, 9.3.2 and 9.4.2.2). */
export function secretsOfPin(pin: string): Secret[] {
  const field = (control: string, fill: string) => fromHex(`${control}${pin}`.padEnd(16, fill))
  const length = pin.length.toString(16)
  return [
    { name: 'PIN', bytes: field(`0${length}`, 'F') },
    { name: 'PIN', bytes: field(`4${length}`, 'A') },
    // Four digits would be found everywhere.
    ...(pin.length < 8 ? [] : [{ name: 'PIN', digits: pin }]),
  ]
}

/** The private value alone, as it is in every encoding of the key. */
export function ofPrivateKey(name: string, key: KeyObject): Secret {
  const { d = '' } = key.export({ format: 'jwk' })
  return { name, bytes: new Uint8Array(Buffer.from(d, 'base64url')) }
}

export function ofText(name: string, text: string): Secret {
  return { name, bytes: new Uint8Array(Buffer.from(text)) }
}
