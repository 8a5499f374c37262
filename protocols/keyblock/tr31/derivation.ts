import { concat, fromHex } from '../../bytes/bytes.ts'
import { aesCmac, tdesCmac } from '../../mac/cmac.ts'
import type { VersionId } from './versions.ts'

/** The two keys a protection key (KBPK) is split into, each as long as it. */
export interface BlockKeys {
  /** Encrypts the key (KBEK). */
  encryption: Uint8Array
  /** Authenticates header and key (KBAK, KBMK). */
  mac: Uint8Array
}

/** Length of the protection key in bytes: algorithm indicator of the derivation data (X9.143:2021, tables 24 and 25; ISO 20038:2017, 6.3, table 1). */
const TDES_ALGORITHMS: Readonly<Record<number, string>> = { 16: '0000', 24: '0001' }
const AES_ALGORITHMS: Readonly<Record<number, string>> = { 16: '0002', 24: '0003', 32: '0004' }

/** Key usage indicators of the derivation data. */
const USE = { cbc: '0000', mac: '0001', ctr: '0002' } as const

const DERIVATIONS: Readonly<Record<VersionId, (kbpk: Uint8Array) => BlockKeys>> = {
  '0': variants,
  A: variants,
  B: (kbpk) => derived(tdesCmac, TDES_ALGORITHMS, kbpk, USE.cbc),
  C: variants,
  D: (kbpk) => derived(aesCmac, AES_ALGORITHMS, kbpk, USE.cbc),
  E: (kbpk) => derived(aesCmac, AES_ALGORITHMS, kbpk, USE.ctr),
}

/** The keys of a version from the protection key, which has one of the lengths of the version (X9.143:2021, 7.2; TR-31:2018 for variants). */
export function blockKeys(version: VersionId, kbpk: Uint8Array): BlockKeys {
  return DERIVATIONS[version](kbpk)
}

function variants(kbpk: Uint8Array): BlockKeys {
  return { encryption: kbpk.map((byte) => byte ^ 0x45), mac: kbpk.map((byte) => byte ^ 0x4d) }
}

type Cmac = (key: Uint8Array, data: Uint8Array) => Uint8Array

function derived(
  cmac: Cmac,
  algorithms: Readonly<Record<number, string>>,
  kbpk: Uint8Array,
  use: string,
): BlockKeys {
  const algorithm = algorithms[kbpk.length]
  if (algorithm === undefined)
    throw new RangeError(`expected a protection key of ${Object.keys(algorithms)} bytes, got ${kbpk.length}`)
  const bits = (kbpk.length * 8).toString(16).padStart(4, '0')
  const make = (usage: string) => stretched(cmac, kbpk, fromHex(`${usage}00${algorithm}${bits}`))
  return { encryption: make(use), mac: make(USE.mac) }
}

// Counter mode of NIST SP 800-108 with CMAC, until there is as much key as there was.
function stretched(cmac: Cmac, kbpk: Uint8Array, data: Uint8Array): Uint8Array {
  let key: Uint8Array = new Uint8Array()
  for (let counter = 1; key.length < kbpk.length; counter++)
    key = concat(key, cmac(kbpk, concat(Uint8Array.of(counter), data)))
  return key.slice(0, kbpk.length)
}
