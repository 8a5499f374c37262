/** How the versions of a key block differ. */
export interface Version {
  name: string
  /** Cipher of the protection key. */
  cipher: 'TDES' | 'AES'
  /** Lengths a protection key may have, bytes. */
  kbpkLengths: readonly number[]
  /** Header and optional blocks, and in most versions the encrypted key too, are whole numbers of so many characters or bytes. */
  block: number
  /** What the encrypted key is filled up to, bytes. */
  fill: number
  /** Bytes of the MAC. */
  mac: number
}

const TDES = { cipher: 'TDES', kbpkLengths: [16, 24], block: 8, fill: 8 } as const
const AES = { cipher: 'AES', kbpkLengths: [16, 24, 32], block: 16, mac: 16 } as const

/** Versions of X9.143:2021 and ISO 20038:2017 (E), and 0, which Thales payShield gives to blocks of the method of A. */
export const VERSIONS = {
  '0': { ...TDES, name: 'TDES key variants (Thales)', mac: 4 },
  A: { ...TDES, name: 'TDES key variants (2005)', mac: 4 },
  B: { ...TDES, name: 'TDES key derivation', mac: 8 },
  C: { ...TDES, name: 'TDES key variants (2010)', mac: 4 },
  D: { ...AES, name: 'AES key derivation, CBC', fill: 16 },
  E: { ...AES, name: 'AES key derivation, CTR', fill: 1 },
} as const satisfies Record<string, Version>

export type VersionId = keyof typeof VERSIONS

/** Whether a letter names a version. */
export function isVersion(id: string): id is VersionId {
  return Object.hasOwn(VERSIONS, id)
}
