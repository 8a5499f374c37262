import { encodeTlv } from '../../protocols/tlv/tlv.ts'
import type { Application } from './application.ts'

/** Short file identifier of the payment system directory, EMV 4.4 Book 1, 12.2.3: 1 to 10. */
export const DIRECTORY_SFI = 1

/** A record of the directory, one for each application: template 70 with one entry. Undefined when there are no more. */
export function directoryRecord(
  applications: readonly Application[],
  record: number,
): Uint8Array | undefined {
  const entry = applications[record - 1]?.entry
  return entry === undefined ? undefined : encodeTlv('70', entry)
}
