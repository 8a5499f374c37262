import file from '../../fixtures/vectors/apdu-transcripts.json' with { type: 'json' }
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { encodeTlv } from '../../protocols/tlv/tlv.ts'
import { RECORDING_FORMAT, type Recording } from '../../simulators/card/recording/recording.ts'

export interface Exchange {
  command: string
  response: string
}

/** A session that somebody else has written down: `fixtures/vectors/apdu-transcripts.json`. */
export interface Transcript {
  id: string
  exchange: readonly Exchange[]
  /** Of those that begin with READ RECORD: what GET PROCESSING OPTIONS had said. */
  afl: string
  conclude: { responseData: string; sw: string }
}

/** The strict answer to reset of EMV 4.4 Book 1, 8, T=1: no reader then fetches answers by itself. */
const ATR = '3BE000008131FE45EB'
/** The application of transcripts that begin after its selection. */
export const APPLICATION = 'A0000000031010'

export function transcriptOf(id: string): Transcript {
  const found = file.vectors.find((vector) => vector.id === id)
  if (found === undefined) throw new Error(`expected a transcript of apdu-transcripts.json, got "${id}"`)
  const { responseData = '', sw = '' } = (found.conclude ?? {}) as Partial<Transcript['conclude']>
  return { id, exchange: found.exchange, afl: found.afl ?? '', conclude: { responseData, sw } }
}

/** What a card of a transcript knows. GET RESPONSE after a warning is left out, as a reader that fetches by itself shows one answer. */
export function recordingOf(id: string, exchanges: readonly Exchange[]): Recording {
  const warned = exchanges.some(({ response }) => response === '6283')
  const shown = exchanges.filter(({ command }) => !(warned && command.startsWith('00C0')))
  return {
    format: RECORDING_FORMAT,
    title: id,
    recordedAt: '2026-11-21T00:00:00Z',
    kind: 'session',
    terminal: null,
    data: { test: true, replaced: [], blanked: [], unverifiable: [] },
    atr: ATR,
    exchanges: shown.map(({ command, response }) => ({ what: id, command, response })),
  }
}

/** The selection of {@link APPLICATION}. `pdol`: in hexadecimal, empty for none. */
export function selection(pdol: string): Exchange {
  const proprietary = encodeTlv('A5', pdol === '' ? [] : [encodeTlv('9F38', fromHex(pdol))])
  const fci = encodeTlv('6F', [encodeTlv('84', fromHex(APPLICATION)), proprietary])
  return { command: `00A4040007${APPLICATION}00`, response: `${toHex(fci)}9000` }
}

/** GET PROCESSING OPTIONS without a PDOL, answered in format 1. */
export function options(afl: string): Exchange {
  return { command: '80A8000002830000', response: `${toHex(encodeTlv('80', fromHex(`0000${afl}`)))}9000` }
}
