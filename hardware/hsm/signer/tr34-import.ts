import { type ReceivingParty, readCertificate } from '../../../protocols/cms/identity.ts'
import {
  type ExpectedFreshness,
  openKeyToken,
  type ReceivedKey,
} from '../../../protocols/keyblock/tr34/key-token.ts'
import type { Tr34Reason } from '../../../protocols/keyblock/tr34/reasons.ts'
import type { RsaAlgorithm } from '../hierarchy/algorithms.ts'
import { keyKindOf } from '../hierarchy/block-codes.ts'
import type { SealedKey } from '../keys/sealed-key.ts'
import { asInput } from './certificates.ts'
import { call } from './cryptoki.ts'
import { take } from './known-keys.ts'
import type { NewKey } from './new-key.ts'
import type { Operation } from './operation.ts'
import { mechanismOf } from './probe.ts'
import { decryptRsa } from './rsa.ts'
import type { Signer } from './signer.ts'
import { expectAnchored, expectOwn } from './trust.ts'

/** Certificates: DER. The algorithm of the key is in the token. */
interface ImportArgs {
  readonly key: Omit<NewKey<never>, 'algorithm'>
  /** Label of the key-receiving device's pair, and its certificate. */
  readonly krd: string
  readonly device: Uint8Array
  /** The host that the device is bound to, and its issuers up to one of the key `authority`, a label. */
  readonly host: Uint8Array
  readonly issuers: readonly Uint8Array[]
  readonly authority: string
  readonly crl: 'required' | 'optional'
  readonly freshness: ExpectedFreshness
  readonly token: Uint8Array
}

/** `usage_other`: a sound token with another kind of key. */
export type TokenRefusal = Tr34Reason | 'usage_other'

/** `signedAt`: milliseconds since 1970, of tokens of one pass that say so. */
type Taken = { ok: true; key: SealedKey; signedAt: number | null } | { ok: false; reason: TokenRefusal }

/** The key of a token for this device (TR-34:2019, B.9), sealed, when it is one of the usage that the caller expects. */
export const importTr34: Operation<ImportArgs, Taken> = {
  variant: () => 'ImportTr34',
  inToken: null,
  clear: (signer, args) => {
    const { host, issuers, authority, crl, freshness, token } = args
    const [kdh, ...chain] = asInput(() => [readCertificate(host), ...issuers.map(readCertificate)] as const)
    expectAnchored(chain, signer.ring.permitted(authority, 'check certificates'))
    const trust = { issuers: chain, at: new Date(signer.ring.now), crl }
    const read = openKeyToken(token, deviceOf(signer, args), { kdh, trust }, freshness)
    return read.valid ? taken(signer, args, read.value) : { ok: false, reason: read.reason }
  },
}

function taken(signer: Signer, { key }: ImportArgs, { header, key: value, signedAt }: ReceivedKey): Taken {
  try {
    const kind = keyKindOf(header, value.length)
    if (kind?.usage !== key.usage) return { ok: false, reason: 'usage_other' }
    const made = { ...key, ...kind, exportable: key.exportable && header.exportability !== 'N' }
    const sealed = call(`the token to take key "${key.label}"`, () => take(signer, made, Buffer.from(value)))
    return { ok: true, key: sealed, signedAt: signedAt?.getTime() ?? null }
  } finally {
    value.fill(0)
  }
}

/** The device's key opens in the token: what comes out is the envelope's own key, padded. */
function deviceOf(signer: Signer, { krd, device }: ImportArgs): ReceivingParty {
  const { capabilities, ring, token } = signer
  const { handle, record } = ring.use(krd, 'open key tokens')
  const algorithm = record.algorithm as RsaAlgorithm
  const certificate = asInput(() => readCertificate(device))
  expectOwn(certificate, record)
  const decrypt = (block: Uint8Array) =>
    call(`the token to decrypt with key "${krd}"`, () =>
      decryptRsa(token, { handle, algorithm }, block, mechanismOf(capabilities, 'rsa-raw')),
    )
  return { certificate, decrypt }
}
