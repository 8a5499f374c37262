import { encodeCommand } from '../../../protocols/apdu/command.ts'
import { getData, getProcessingOptions, readRecord, select } from '../../../protocols/apdu/commands.ts'
import { concat, fromHex } from '../../../protocols/bytes/bytes.ts'
import { dolLength } from '../../../protocols/tlv/dol.ts'
import type { Application } from '../application.ts'

const DIRECTORIES = ['1PAY.SYS.DDF01', '2PAY.SYS.DDF01']
/** PIN blocks of format 2 that are most likely right, and wrong. */
const PIN_BLOCKS = ['241234FFFFFFFFFF', '249999FFFFFFFFFF']
const REQUESTS = [0x00, 0x10, 0x40, 0x50, 0x80, 0x90, 0xc0, 0xc1]
const MAC = '0102030405060708'
/** Scripts of either format (EMV 4.4 Book 2, 9.2) with a MAC that is none. */
const SCRIPTS = ['1E0000', '180000', '160000', '240000', '240001', '240002', 'DA9F14', 'DC010C']

/** Every command that this application has, each in the form that it takes, with data of zeros. */
export function paletteOf({ aid, dols, profile, records, requests }: Application): Uint8Array[] {
  const zeros = (list: keyof typeof dols) => new Uint8Array(dolLength(dols[list]))
  const tags = [...profile.getData, '9F36', '9F17', '9F4F', '9F7F'].map((tag) => getData(tag))
  const places = [...records].flatMap(([sfi, file]) =>
    [...file.keys()].map((record) => readRecord(sfi, record)),
  )
  const given = [
    select(aid),
    select(aid.subarray(0, 5)),
    select(aid.subarray(0, 5), true),
    ...DIRECTORIES.map((name) => select(Buffer.from(name, 'ascii'))),
    getProcessingOptions(zeros('pdol')),
    ...places,
    ...tags,
    readRecord(1, 1),
    readRecord(11, 1),
  ]
  return [
    ...given.map(encodeCommand),
    ...[...requests, ...REQUESTS].flatMap((p1) => [
      raw(`80AE`, p1, zeros('cdol1')),
      raw('80AE', p1, zeros('cdol2')),
    ]),
    ...PIN_BLOCKS.map((block) => raw('0020', 0x00, fromHex(block), 0x80)),
    fromHex('0084000000'),
    raw('0088', 0x00, zeros('ddol')),
    ...[8, 10, 16].map((length) => raw('0082', 0x00, new Uint8Array(length))),
    raw('80EA', 0x00, new Uint8Array(4)),
    raw('80D0', 0x00, zeros('drdol')),
    raw('802A', 0x8e, zeros('udol'), 0x80),
    ...SCRIPTS.flatMap((header) => [fromHex(`84${header}08${MAC}`), fromHex(`8C${header}0A8E08${MAC}`)]),
  ]
}

/** A command of at most 255 bytes of data, none included, with Le. */
function raw(start: string, p1: number, data: Uint8Array, p2 = 0x00): Uint8Array {
  const lc = data.length === 0 ? [] : [data.length]
  return concat(fromHex(start), Uint8Array.of(p1, p2, ...lc), data, Uint8Array.of(0))
}
