import type { KeyBlockHeader } from '../../../protocols/keyblock/tr31/header.ts'
import { type UnwrappedKey, unwrapKey, wrapKey } from '../../../protocols/keyblock/tr31/key-block.ts'
import type { Tr31Reason } from '../../../protocols/keyblock/tr31/reasons.ts'
import { isVersion, VERSIONS, type VersionId } from '../../../protocols/keyblock/tr31/versions.ts'
import type { KeyAlgorithm } from '../hierarchy/algorithms.ts'
import { isNoStronger, keyKindOf } from '../hierarchy/block-codes.ts'
import type { KeyRecord, SealedKey } from '../keys/sealed-key.ts'
import { randomOf, withClearKey } from './clear-keys.ts'
import { call } from './cryptoki.ts'
import { exportableCode } from './exportable.ts'
import { take } from './known-keys.ts'
import type { NewKey } from './new-key.ts'
import type { Operation } from './operation.ts'
import type { Signer } from './signer.ts'

/** Versions that leave: 0 is one maker's own. */
export type BlockVersion = Exclude<VersionId, '0'>

/** `zoneMaster`: label; `exportability`: whether the receiver may hand it on (X9.143:2021, table 6). */
interface ExportArgs {
  readonly key: string
  readonly zoneMaster: string
  readonly version: BlockVersion
  readonly exportability: 'E' | 'N'
}

/** The length of a key in a block is hidden: its algorithm is found out here. */
interface ImportArgs {
  readonly key: Omit<NewKey<never>, 'algorithm'>
  readonly zoneMaster: string
  readonly block: string
}

interface TranslateArgs {
  readonly from: string
  readonly to: string
  readonly block: string
  readonly version: BlockVersion
}

/** Why a block is not taken: `usage_other` for a sound one of another kind of key, `zone_master_other` for one of another cipher than our key. */
export type BlockRefusal =
  | Tr31Reason
  | 'usage_other'
  | 'not_exportable'
  | 'zone_master_weak'
  | 'zone_master_other'
type Refused = { ok: false; reason: BlockRefusal }

/** Optional blocks that say something of the old block alone: padding, check value of its protection key. */
const OF_THE_BLOCK = ['PB', 'KP']

/** A key in a TR-31 block of version A to E (X9.143:2021). */
export const exportWorkingKey: Operation<ExportArgs, string> = {
  variant: () => 'ExportWorkingKey',
  inToken: null,
  clear: (signer, { key, zoneMaster, version, exportability }) => {
    const { record } = signer.ring.sealed(key)
    const code = exportableCode(record, signer.ring.sealed(zoneMaster).record)
    const keyVersion = String(record.version % 100).padStart(2, '0')
    const header = { ...code, version, keyVersion, exportability, context: '0', optionalBlocks: [] }
    signer.ring.expect(zoneMaster, protectionKeys(version))
    return withClearKey(signer, zoneMaster, 'wrap for exchange', (kbpk) =>
      withClearKey(signer, key, null, (value) => wrapKey(kbpk, header, value, randomOf(signer))),
    )
  },
}

/** The key of a block, sealed, when it is one of the usage that the caller expects. */
export const importWorkingKey: Operation<ImportArgs, { ok: true; key: SealedKey } | Refused> = {
  variant: () => 'ImportWorkingKey',
  inToken: null,
  clear: (signer, { key, zoneMaster, block }) =>
    withClearKey(signer, zoneMaster, 'unwrap from exchange', (kbpk) => {
      const read = unwrap(signer, zoneMaster, kbpk, block)
      if (!read.valid) return { ok: false, reason: read.reason }
      const { header, key: value } = read.value
      try {
        const kind = keyKindOf(header, value.length)
        if (kind?.usage !== key.usage) return { ok: false, reason: 'usage_other' }
        const made = { ...key, ...kind, exportable: key.exportable && header.exportability !== 'N' }
        return {
          ok: true,
          key: call(`the token to take key "${key.label}"`, () => take(signer, made, Buffer.from(value))),
        }
      } finally {
        value.fill(0)
      }
    }),
}

/** From one zone to another, without being kept here. */
export const translateKey: Operation<TranslateArgs, { ok: true; block: string } | Refused> = {
  variant: () => 'TranslateKey',
  inToken: null,
  clear: (signer, { from, to, block, version }) =>
    withClearKey(signer, from, 'unwrap from exchange', (kbpk) => {
      const read = unwrap(signer, from, kbpk, block)
      if (!read.valid) return { ok: false, reason: read.reason }
      const refusal = refusalOf(read.value, signer.ring.sealed(to).record)
      if (refusal !== null) return { ok: false, reason: refusal }
      return { ok: true, block: wrapAnew(signer, to, read.value, version) }
    }),
}

/** A key of one cipher never works as one of another, though it may be as long. */
function unwrap({ ring }: Signer, label: string, kbpk: Uint8Array, block: string) {
  const version = block.charAt(0)
  const { algorithm } = ring.recordOf(label)
  return isVersion(version) && !protectionKeys(version).includes(algorithm)
    ? ({ valid: false, reason: 'zone_master_other' } as const)
    : unwrapKey(kbpk, block)
}

function protectionKeys(version: VersionId): readonly KeyAlgorithm[] {
  return VERSIONS[version].cipher === 'AES' ? ['aes-128', 'aes-192', 'aes-256'] : ['tdes-2', 'tdes-3']
}

function refusalOf({ header, key }: UnwrappedKey, to: KeyRecord): BlockRefusal | null {
  const kind = keyKindOf(header, key.length)
  if (kind === null) return 'usage_other'
  if (header.exportability === 'N') return 'not_exportable'
  return isNoStronger(kind.algorithm, to.algorithm) ? null : 'zone_master_weak'
}

function wrapAnew(signer: Signer, to: string, { header, key }: UnwrappedKey, version: BlockVersion): string {
  const optionalBlocks = header.optionalBlocks.filter(({ id }) => !OF_THE_BLOCK.includes(id))
  const anew: KeyBlockHeader = { ...header, version, optionalBlocks }
  signer.ring.expect(to, protectionKeys(version))
  try {
    return withClearKey(signer, to, 'wrap for exchange', (kbpk) => wrapKey(kbpk, anew, key, randomOf(signer)))
  } finally {
    key.fill(0)
  }
}
