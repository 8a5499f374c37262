import { cbc, ctr } from '@noble/ciphers/aes.js'
import { concat } from '../../bytes/bytes.ts'
import { aesCmac, tdesCmac } from '../../mac/cmac.ts'
import { sameMac } from '../../mac/compare.ts'
import { DES_BLOCK, decryptCbc, encryptCbc } from '../../mac/des.ts'
import type { BlockKeys } from './derivation.ts'
import { VERSIONS, type VersionId } from './versions.ts'

/** The protected part of a key block. */
export interface Bound {
  encrypted: Uint8Array
  mac: Uint8Array
}

interface Binding {
  /** `header`: its ASCII bytes; `plain`: length, key and padding. */
  bind: (keys: BlockKeys, header: Uint8Array, plain: Uint8Array) => Bound
  open: (keys: BlockKeys, header: Uint8Array, bound: Bound) => Uint8Array | null
}

interface Cipher {
  cmac: (key: Uint8Array, data: Uint8Array) => Uint8Array
  encrypt: (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => Uint8Array
  decrypt: (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => Uint8Array
}

const BARE = { disablePadding: true }
const TDES_CBC: Cipher = {
  cmac: tdesCmac,
  encrypt: (key, iv, data) => encryptCbc(key, data, iv),
  decrypt: (key, iv, data) => decryptCbc(key, data, iv),
}
const AES_CBC: Cipher = {
  cmac: aesCmac,
  encrypt: (key, iv, data) => cbc(key, iv, BARE).encrypt(data),
  decrypt: (key, iv, data) => cbc(key, iv, BARE).decrypt(data),
}
const AES_CTR: Cipher = {
  cmac: aesCmac,
  encrypt: (key, iv, data) => ctr(key, iv).encrypt(data),
  decrypt: (key, iv, data) => ctr(key, iv).decrypt(data),
}

// Key Variant Binding Method: encrypt with the header as IV, then MAC what will be sent.
const VARIANT: Binding = {
  bind: (keys, header, plain) => {
    const encrypted = encryptCbc(keys.encryption, plain, header.subarray(0, DES_BLOCK))
    return { encrypted, mac: cbcMac(keys.mac, header, encrypted) }
  },
  open: (keys, header, { encrypted, mac }) =>
    sameMac(cbcMac(keys.mac, header, encrypted), mac)
      ? decryptCbc(keys.encryption, encrypted, header.subarray(0, DES_BLOCK))
      : null,
}

const BINDINGS: Readonly<Record<VersionId, Binding>> = {
  '0': VARIANT,
  A: VARIANT,
  B: derivation(TDES_CBC),
  C: VARIANT,
  D: derivation(AES_CBC),
  E: derivation(AES_CTR),
}

/** Encrypts a key and binds it to its header. */
export function bind(version: VersionId, keys: BlockKeys, header: Uint8Array, plain: Uint8Array): Bound {
  return BINDINGS[version].bind(keys, header, plain)
}

/** Inverse of {@link bind}; null when the MAC is not the block's: nothing of the plain text is looked at before. */
export function open(
  version: VersionId,
  keys: BlockKeys,
  header: Uint8Array,
  bound: Bound,
): Uint8Array | null {
  return BINDINGS[version].open(keys, header, bound)
}

// Key Derivation Binding Method (X9.143:2021, 7.2): MAC header and clear key, then encrypt with the MAC as IV or first counter.
function derivation({ cmac, encrypt, decrypt }: Cipher): Binding {
  return {
    bind: (keys, header, plain) => {
      const mac = cmac(keys.mac, concat(header, plain))
      return { encrypted: encrypt(keys.encryption, mac, plain), mac }
    },
    open: (keys, header, { encrypted, mac }) => {
      const plain = decrypt(keys.encryption, mac, encrypted)
      return sameMac(cmac(keys.mac, concat(header, plain)), mac) ? plain : null
    },
  }
}

function cbcMac(key: Uint8Array, header: Uint8Array, encrypted: Uint8Array): Uint8Array {
  return encryptCbc(key, concat(header, encrypted)).slice(-DES_BLOCK).subarray(0, VERSIONS.A.mac)
}
