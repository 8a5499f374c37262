import type { X509Certificate } from 'node:crypto'
import { concat } from '../../bytes/bytes.ts'
import {
  type IssuerAndSerial,
  identityOf,
  readCertificate,
  readIdentity,
  type SigningParty,
  sameIdentity,
  writeIdentity,
} from '../../cms/identity.ts'
import { OID } from '../../cms/oids.ts'
import { type Attributes, buildCarrier, buildSignedData, readSignedData } from '../../cms/signed-data.ts'
import { parseDer, parseDerList } from '../../der/reader.ts'
import type { Verdict } from '../../verdict/verdict.ts'
import { randomValue } from './random-token.ts'
import { judgedToken, refuse, type Tr34Reason } from './reasons.ts'
import { expectRandom, readSigned } from './signed-token.ts'
import { expectNotRevoked, expectTrusted, type Trust } from './trust.ts'

/**
 * Who ends a binding: the bound host, which answers the device's random number, or the authority for lost hosts, which names the host
 * instead, since it need not be reachable for the device.
 */
export type ReleasedBy = { randomNumber: Uint8Array } | { kdh: X509Certificate }

/** A new host to be bound to at once. */
export interface NewHost {
  certificate: X509Certificate
  /** CRL of its authority, DER. */
  crls?: readonly Uint8Array[]
}

/** What a device holds a release against. */
export interface ExpectedRelease {
  krd: X509Certificate
  /** The bound host, or the authority for lost hosts. */
  signer: X509Certificate
  by: ReleasedBy
  /** For the signer. */
  trust: Trust
}

/**
 * UBT_KDH or UBT_CA (TR-34:2019, B.14 and B.13): ends the binding of one device. With a new host it is RBT_KDH or RBT_CA (B.11, B.10) and
 * binds the device anew.
 */
export function buildReleaseToken(
  krd: X509Certificate,
  by: ReleasedBy,
  signer: SigningParty,
  next: NewHost | null = null,
): Uint8Array {
  const names = [identityOf(krd), ...('kdh' in by ? [identityOf(by.kdh)] : [])]
  // One after the other, without a SEQUENCE around them: so they stand in B.10 and B.13.
  const content = concat(...names.map(writeIdentity))
  const attributes: Attributes = 'kdh' in by ? {} : { [OID.randomNonce]: randomValue(by.randomNumber) }
  if (next === null) return buildSignedData(OID.data, content, signer, attributes)
  const { certificate, crls = [] } = next
  const carrier = buildCarrier(content, { certificates: [certificate.raw], crls })
  return buildSignedData(OID.signedData, carrier, signer, attributes)
}

/** Checks a token that ends a binding without a new one. */
export function openUnbindToken(token: Uint8Array, expected: ExpectedRelease): Verdict<null, Tr34Reason> {
  return judgedToken(() => {
    expectNames(readRelease(token, expected, OID.data), expected)
    return null
  })
}

/** The certificate of the new host, once the token is right and the certificate is trusted. `nextTrust`: for the new host. */
export function openRebindToken(
  token: Uint8Array,
  expected: ExpectedRelease,
  nextTrust: Trust,
): Verdict<X509Certificate, Tr34Reason> {
  return judgedToken(() => {
    const carrier = readSignedData(parseDer(readRelease(token, expected, OID.signedData)))
    const [first, ...others] = carrier.certificates
    if (first === undefined || others.length > 0 || carrier.content === null)
      return refuse('malformed', 'expected one certificate and the names of device and host')
    expectNames(carrier.content, expected)
    const certificate = readCertificate(first)
    expectTrusted(certificate, nextTrust)
    expectNotRevoked(certificate, carrier, nextTrust)
    return certificate
  })
}

function readRelease(token: Uint8Array, { signer, by, trust }: ExpectedRelease, type: string): Uint8Array {
  const signed = readSigned(token, signer, type)
  expectTrusted(signer, trust)
  expectNotRevoked(signer, signed, trust)
  expectRandom(signed.attributes, 'kdh' in by ? null : by.randomNumber)
  return signed.content
}

function expectNames(content: Uint8Array, { krd, by }: ExpectedRelease): void {
  const names: readonly IssuerAndSerial[] = parseDerList(content).map(readIdentity)
  const expected = [krd, ...('kdh' in by ? [by.kdh] : [])].map(identityOf)
  const same = names.length === expected.length && expected.every((id, i) => sameIdentity(id, names[i] ?? id))
  if (!same) refuse('device-wrong')
}
