import { AES_DUKPT } from './aes.ts'
import type { DukptScheme } from './scheme.ts'
import { TDES_DUKPT } from './tdes.ts'

/** The two DUKPT schemes by name. */
export const DUKPT_SCHEMES: Readonly<Record<DukptScheme['name'], DukptScheme>> = {
  AES: AES_DUKPT,
  TDES: TDES_DUKPT,
}

export type DukptName = DukptScheme['name']

export const DUKPT_NAMES = ['AES', 'TDES'] as const satisfies readonly DukptName[]

/** The scheme whose key serial numbers have so many bytes; null when none has. */
export function schemeOfKsn({ length }: { readonly length: number }): DukptScheme | null {
  return Object.values(DUKPT_SCHEMES).find(({ ksnBytes }) => ksnBytes === length) ?? null
}
