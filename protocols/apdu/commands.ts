import { fromHex } from '../bytes/bytes.ts'
import { encodeTlv } from '../tlv/tlv.ts'
import type { Command } from './command.ts'
import { ApduError } from './error.ts'

const ALL = 256

/** SELECT by name, EMV 4.4 Book 1, 11.3; `next` asks for the next application with the same name. `name`: 1 to 16 bytes. */
export function select(name: Uint8Array, next = false): Command {
  return { cla: 0x00, ins: 0xa4, p1: 0x04, p2: next ? 0x02 : 0x00, data: name, le: ALL }
}

/** GET PROCESSING OPTIONS, Book 3, 6.5.8. `pdolData`: the values that the PDOL asks for, empty when the card has none. */
export function getProcessingOptions(pdolData: Uint8Array): Command {
  return { cla: 0x80, ins: 0xa8, p1: 0x00, p2: 0x00, data: encodeTlv('83', pdolData), le: ALL }
}

/** READ RECORD, Book 3, 6.5.11. `sfi` 1 to 30, `record` 1 to 255; throws {@link ApduError} for others. */
export function readRecord(sfi: number, record: number): Command {
  if (!(sfi >= 1 && sfi <= 30) || !(record >= 1 && record <= 255))
    throw new ApduError(`expected SFI 1 to 30 and record 1 to 255, got SFI ${sfi}, record ${record}`)
  return { cla: 0x00, ins: 0xb2, p1: record, p2: sfi * 8 + 4, le: ALL }
}

/** GENERATE APPLICATION CRYPTOGRAM, Book 3, 6.5.5. `p1`: reference control parameter; `data`: the values the CDOL asks for. */
export function generateAc(p1: number, data: Uint8Array): Command {
  return { cla: 0x80, ins: 0xae, p1, p2: 0x00, data, le: ALL }
}

/** GET DATA of a primitive data object, Book 3, 6.5.7. `tag`: 1 or 2 bytes in hexadecimal; throws {@link ApduError} for others. */
export function getData(tag: string): Command {
  if (!/^([0-9A-Fa-f]{2}){1,2}$/.test(tag))
    throw new ApduError(`expected a tag of 1 or 2 bytes in hexadecimal, got "${tag.slice(0, 8)}"`)
  const [p1 = 0, p2 = 0] = fromHex(tag.padStart(4, '0'))
  return { cla: 0x80, ins: 0xca, p1, p2, le: ALL }
}

/** GET RESPONSE, Book 1, 9.3.1.3. `le`: the SW2 of the status word 61xx; 0 stands for 256. */
export function getResponse(le: number): Command {
  return { cla: 0x00, ins: 0xc0, p1: 0x00, p2: 0x00, le: le || ALL }
}
