/** What one of the two DUKPT schemes fixes: the key serial number (KSN) and the derivation of keys. */
export interface DukptScheme {
  name: 'TDES' | 'AES'
  /** Bytes of a KSN. */
  ksnBytes: number
  /** Bits at the right end of the KSN that count transactions; the bits before them name the initial key. */
  counterBits: number
  /** Ones that the counter of a transaction may have. */
  maxOnes: number
  /** Bytes of a block of the cipher. */
  blockBytes: number
  /** Bytes that a base derivation key, and all that is derived from it, may have. */
  keyBytes: readonly number[]
  /** The initial key (IK, once IPEK) of a device. `id`: 8 bytes, as in {@link Ksn}. As long as `bdk`. */
  initialKey: (bdk: Uint8Array, id: Uint8Array) => Uint8Array
  /** Check value of an initial key (X9.24-1:2017, Annex A): 5 bytes, of TDES 3. */
  checkValue: (key: Uint8Array) => Uint8Array
  /** The key of `counter` from the key of the counter without its lowest one. */
  nextKey: (key: Uint8Array, id: Uint8Array, counter: number) => Uint8Array
}

/** A key serial number. */
export interface Ksn {
  scheme: DukptScheme
  /** The initial key's name: 8 bytes; TDES uses the left 59 bits, the others are zero. */
  id: Uint8Array
  /** Zero only in the KSN of an initial key. */
  counter: number
}
