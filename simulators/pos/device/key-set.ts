import type { DukptName } from '../../../protocols/dukpt/schemes.ts'
import type { KeyPurpose } from '../../../protocols/onboarding/key-purposes.ts'

/** One initial key of a terminal, which lies in the WhiteBox. */
export interface DeviceKey {
  handle: string
  /** Identifier of the initial key, 8 bytes, hexadecimal: the left part of its key serial numbers. */
  id: string
  /** Check value, 5 bytes, of TDES 3, hexadecimal. */
  kcv: string
}

/** One generation of a terminal's keys. */
export interface KeySet {
  /** Rises with each rotation, from 1 on. */
  generation: number
  dukpt: DukptName
  keys: Readonly<Record<KeyPurpose, DeviceKey>>
}

/** As it lies in a file; files of before TDES DUKPT do not say that theirs is AES. */
export type SavedKeySet = Omit<KeySet, 'dukpt'> & Partial<Pick<KeySet, 'dukpt'>>

export function restoreKeySet(saved: SavedKeySet | null): KeySet | null {
  return saved === null ? null : { ...saved, dukpt: saved.dukpt ?? 'AES' }
}
