import type { X509Certificate } from 'node:crypto'
import { equal } from '../../bytes/bytes.ts'
import { type ContentCipher, openEnveloped, parseEnveloped, sealEnveloped } from '../../cms/enveloped-data.ts'
import { identityOf, type ReceivingParty, type SigningParty, sameIdentity } from '../../cms/identity.ts'
import { OID } from '../../cms/oids.ts'
import { type Attributes, buildSignedData } from '../../cms/signed-data.ts'
import { parseDer } from '../../der/reader.ts'
import { octets, time } from '../../der/values.ts'
import { octetString, timeOf } from '../../der/writer.ts'
import { judged, Refused, type Verdict } from '../../verdict/verdict.ts'
import { irregularity, type KeyBlockHeader, readHeader } from '../tr31/header.ts'
import { readTr34KeyBlock, writeTr34KeyBlock } from './key-block.ts'
import { randomValue } from './random-token.ts'
import { judgedToken, refuse, type Tr34Reason } from './reasons.ts'
import { expectRandom, readSigned } from './signed-token.ts'
import { expectNotRevoked, expectTrusted, type Trust } from './trust.ts'

/** What a host sends. `header`: text of a header of X9.143, 16 characters in TR-34:2019, whose length field is not looked at. */
export interface KeyToSend {
  key: Uint8Array
  header: string
  cipher: ContentCipher
  /** CRL of the host's authority, DER. */
  crls?: readonly Uint8Array[]
}

/** What makes a token fresh: the device's random number (two passes), or the time of signing (one pass). */
export type Freshness = { randomNumber: Uint8Array } | { signingTime: Date }

/** What a device expects: its random number, or a token signed after the last one; `after` null: no time is asked for. */
export type ExpectedFreshness = { randomNumber: Uint8Array } | { after: Date | null }

/** The host a device is bound to. */
export interface Binding {
  kdh: X509Certificate
  trust: Trust
}

/** A key that was received. */
export interface ReceivedKey {
  key: Uint8Array
  header: KeyBlockHeader
  /** When the host signed; null in two passes, and where a one-pass token does not say. */
  signedAt: Date | null
}

/**
 * KT_KDH, a key on its way from the host to one device (TR-34:2019, B.9): EnvelopedData for the device inside SignedData of the
 * host, with the key block header as a signed attribute. Throws a RangeError for a header that X9.143 does not know or that does not fit
 * the key.
 */
export function buildKeyToken(
  { key, header, cipher, crls = [] }: KeyToSend,
  kdh: SigningParty,
  krd: X509Certificate,
  freshness: Freshness,
  random: (length: number) => Uint8Array,
): Uint8Array {
  checkOwnHeader(header, key)
  const text = Buffer.from(header, 'ascii')
  const block = writeTr34KeyBlock({ kdh: identityOf(kdh.certificate), key, header: text })
  const attributes = { [OID.data]: octetString(text), ...freshnessAttribute(freshness) }
  return buildSignedData(OID.envelopedData, sealEnveloped(block, krd, cipher, random), kdh, attributes, {
    crls,
  })
}

/**
 * Opens a key token in this order: the signer is the bound host, the signature is right, the certificate is valid, the token is fresh,
 * is for this device, opens, and holds the header that was signed. Nothing is decrypted of a token that the host did not sign.
 */
export function openKeyToken(
  token: Uint8Array,
  krd: ReceivingParty,
  { kdh, trust }: Binding,
  freshness: ExpectedFreshness,
): Verdict<ReceivedKey, Tr34Reason> {
  return judgedToken(() => {
    const signed = readSigned(token, kdh, OID.envelopedData)
    expectTrusted(kdh, trust)
    expectNotRevoked(kdh, signed, trust)
    const signedAt = expectFresh(signed.attributes, freshness, trust.at)
    const signedHeader = headerOf(signed.attributes)
    const block = openBlock(signed.content, krd)
    if (!sameIdentity(block.kdh, identityOf(kdh))) refuse('kdh-wrong')
    if (!equal(block.header, signedHeader)) refuse('header-mismatch')
    return { key: block.key, header: readTokenHeader(signedHeader, block.key), signedAt }
  })
}

function openBlock(content: Uint8Array, krd: ReceivingParty): ReturnType<typeof readTr34KeyBlock> {
  const enveloped = parseEnveloped(content)
  if (!sameIdentity(enveloped.recipient, identityOf(krd.certificate))) refuse('recipient-wrong')
  return readTr34KeyBlock(openEnveloped(enveloped, krd) ?? refuse('decryption'))
}

function expectFresh(attributes: Attributes, expected: ExpectedFreshness, at: Date): Date | null {
  if ('randomNumber' in expected) {
    expectRandom(attributes, expected.randomNumber)
    return null
  }
  expectRandom(attributes, null)
  const attribute = attributes[OID.signingTime]
  if (attribute === undefined) return expected.after === null ? null : refuse('time-missing')
  const signedAt = time(parseDer(attribute))
  if (signedAt > at) refuse('time-ahead')
  if (expected.after !== null && signedAt <= expected.after) refuse('time-stale')
  return signedAt
}

function freshnessAttribute(freshness: Freshness): Attributes {
  return 'randomNumber' in freshness
    ? { [OID.randomNonce]: randomValue(freshness.randomNumber) }
    : { [OID.signingTime]: timeOf(freshness.signingTime) }
}

function headerOf(attributes: Attributes): Uint8Array {
  const attribute = attributes[OID.data]
  return attribute === undefined ? refuse('header-missing') : octets(parseDer(attribute))
}

function readTokenHeader(bytes: Uint8Array, key: Uint8Array): KeyBlockHeader {
  const checked = judged(() => soundHeader(Buffer.from(bytes).toString('latin1'), key))
  return checked.valid ? checked.value : refuse('header-malformed', checked.detail)
}

function soundHeader(text: string, key: Uint8Array): KeyBlockHeader {
  const { header, length } = readHeader(text)
  if (length !== text.length) throw new Refused('header', `expected ${length} characters, got ${text.length}`)
  const broken = irregularity(header, key.length)
  if (broken !== null) throw new Refused(broken.reason, `${broken.reason}: ${broken.detail}`)
  return header
}

function checkOwnHeader(header: string, key: Uint8Array): void {
  const checked = judged(() => soundHeader(header, key))
  if (!checked.valid) throw new RangeError(`expected the header of a key block: ${checked.detail}`)
}
