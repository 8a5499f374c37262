import type { KeyPurpose } from '../../../protocols/onboarding/key-purposes.ts'

/** One initial key of a terminal, which lies in the WhiteBox. */
export interface DeviceKey {
  handle: string
  /** Identifier of the initial key, 8 bytes, hexadecimal: the left part of its key serial numbers. */
  id: string
  /** Check value, 5 bytes, hexadecimal. */
  kcv: string
}

/** One generation of a terminal's keys. */
export interface KeySet {
  /** Rises with each rotation, from 1 on. */
  generation: number
  keys: Readonly<Record<KeyPurpose, DeviceKey>>
}
