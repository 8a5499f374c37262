import type { X509Certificate } from 'node:crypto'
import { equal, toHex } from '../../../protocols/bytes/bytes.ts'
import { parseCrl } from '../../../protocols/cms/crl.ts'
import type { ContentCipher } from '../../../protocols/cms/enveloped-data.ts'
import { readCertificate, type SigningParty, subjectOf } from '../../../protocols/cms/identity.ts'
import { AES_DUKPT } from '../../../protocols/dukpt/aes.ts'
import { TDES_DUKPT } from '../../../protocols/dukpt/tdes.ts'
import { buildHeader, readHeader } from '../../../protocols/keyblock/tr31/header.ts'
import { buildKeyToken, type Freshness } from '../../../protocols/keyblock/tr34/key-token.ts'
import { aesKcv, tdesKcv } from '../../../protocols/mac/kcv.ts'
import { judged } from '../../../protocols/verdict/verdict.ts'
import { checkChain } from '../../../protocols/x509/chain.ts'
import type { X509Reason } from '../../../protocols/x509/reasons.ts'
import { HsmError } from '../error.ts'
import { ALGORITHMS, familyOf, type SecretAlgorithm } from '../hierarchy/algorithms.ts'
import { keyKindOf } from '../hierarchy/block-codes.ts'
import { asInput } from './certificates.ts'
import { randomOf, withClearKey } from './clear-keys.ts'
import { exportableCode } from './exportable.ts'
import type { Operation } from './operation.ts'
import { signMessage } from './signatures.ts'
import type { Signer } from './signer.ts'
import { expectAnchored, expectOwn } from './trust.ts'

/** How a key travels. Certificates and lists: DER. */
export interface Tr34Route {
  /** Label of the key distribution host's pair, and its certificate. */
  readonly kdh: string
  readonly host: Uint8Array
  /** The key-receiving device's certificate, and its issuers up to one of the key `authority`, a label. */
  readonly krd: Uint8Array
  readonly issuers: readonly Uint8Array[]
  readonly authority: string
  readonly freshness: Freshness
  /** Go with the token; the one of the device's own issuer must not name the device. */
  readonly crls: readonly Uint8Array[]
  readonly cipher: ContentCipher
}

/** `exportability`: whether the receiver may hand it on (X9.143:2021, table 6). */
interface ExportArgs extends Tr34Route {
  readonly key: string
  readonly exportability: 'E' | 'N'
}

/** `base`: label; `id`: the initial key's name, 8 bytes; `header`: of its key block. */
interface InitialKeyArgs extends Tr34Route {
  readonly base: string
  readonly id: Uint8Array
  readonly header: string
}

/** `kcv`: 5 bytes of an AES key, 3 of a TDES key (X9.24-1:2017, Annex A). */
export type SentKey =
  | { ok: true; token: Uint8Array; kcv: Uint8Array }
  | { ok: false; reason: X509Reason; detail: string }

const DUKPT_KEYS = ['aes-128', 'aes-192', 'aes-256', 'tdes-2'] as const

/** A key in a token for one device (TR-34:2019, B.9); the header is of 16 characters. */
export const exportTr34: Operation<ExportArgs, SentKey> = {
  variant: () => 'ExportTr34',
  inToken: null,
  clear: (signer, { key, exportability, ...route }) => {
    const { record } = signer.ring.sealed(key)
    const code = exportableCode(record, signer.ring.permitted(route.kdh, 'sign key tokens'))
    const header = buildHeader(
      {
        ...code,
        version: code.algorithm === 'A' ? 'D' : 'B',
        keyVersion: String(record.version % 100).padStart(2, '0'),
        exportability,
        context: '0',
        optionalBlocks: [],
      },
      0,
      randomOf(signer),
    )
    return withClearKey(signer, key, null, (value) => sent(signer, route, value, header))
  },
}

/** The initial key of a device (X9.24-3:2017, 6.3.3; X9.24-1:2009, A.6), derived and sent at once, and kept nowhere here. */
export const exportInitialKey: Operation<InitialKeyArgs, SentKey> = {
  variant: () => 'ExportTr34',
  inToken: null,
  clear: (signer, { base, id, header, ...route }) => {
    const algorithm = signer.ring.expect(base, DUKPT_KEYS)
    const scheme = familyOf(algorithm) === 'aes' ? AES_DUKPT : TDES_DUKPT
    return withClearKey(signer, base, 'derive initial keys', (value) => {
      const initial = scheme.initialKey(value, id)
      try {
        expectHeaderOf(header, id, algorithm)
        return sent(signer, route, initial, header)
      } finally {
        initial.fill(0)
      }
    })
  },
}

function sent(signer: Signer, route: Tr34Route, key: Uint8Array, header: string): SentKey {
  const receiver = receiverOf(signer, route)
  if (!receiver.valid) return { ok: false, reason: receiver.reason, detail: receiver.detail }
  const { freshness, crls, cipher } = route
  const letter = header[7]
  const content = { key, header, cipher, crls }
  const token = buildKeyToken(content, hostOf(signer, route), receiver.value, freshness, randomOf(signer))
  return { ok: true, token, kcv: letter === 'A' ? aesKcv(key) : tdesKcv(key) }
}

/** The host signs in the token. Throws INVALID_INPUT_DATA when the certificate is of another key. */
function hostOf(signer: Signer, { kdh, host }: Tr34Route): SigningParty {
  const used = signer.ring.use(kdh, 'sign key tokens')
  const certificate = asInput(() => readCertificate(host))
  expectOwn(certificate, used.record)
  return { certificate, sign: (data) => signMessage(signer, used, data) }
}

/** Keys go to devices alone that an authority known here certified for receiving keys. */
function receiverOf(signer: Signer, { krd, issuers, authority, crls }: Tr34Route) {
  const [device, ...chain] = asInput(() => [krd, ...issuers].map(readCertificate)) as [
    X509Certificate,
    ...X509Certificate[],
  ]
  expectAnchored(chain, signer.ring.permitted(authority, 'check certificates'))
  const at = new Date(signer.ring.now)
  const crl = listOf(chain[0], crls)
  return checkChain(device, { issuers: chain, at, usage: 'keyEncipherment', ...(crl && { crl }) })
}

function listOf(issuer: X509Certificate | undefined, crls: readonly Uint8Array[]): Uint8Array | undefined {
  if (issuer === undefined) return undefined
  const name = subjectOf(issuer)
  return asInput(() => crls.find((crl) => equal(parseCrl(crl).issuer, name)))
}

/** Throws INVALID_INPUT_DATA unless the header is of such an initial key and, where it says so, of this name (X9.143:2021, 6.3.6: IK, of TDES KS). */
function expectHeaderOf(text: string, id: Uint8Array, algorithm: SecretAlgorithm): void {
  const read = judged(() => readHeader(text).header)
  const name = toHex(id)
  const what = `expected the header of an ${algorithm} initial key ${name}`
  if (!read.valid) throw new HsmError('INVALID_INPUT_DATA', `${what}, got ${read.detail}`)
  const kind = keyKindOf(read.value, ALGORITHMS[algorithm].bytes)
  const block = read.value.optionalBlocks.find((one) => one.id === (algorithm === 'tdes-2' ? 'KS' : 'IK'))
  const named = block?.data.slice(0, name.length) ?? name
  if (kind?.usage === 'DUKPT initial' && kind.algorithm === algorithm && named === name) return
  const came = kind === null ? 'one of another key' : `one of ${kind.algorithm}, "${kind.usage}" ${named}`
  throw new HsmError('INVALID_INPUT_DATA', `${what}, got ${came}`)
}
