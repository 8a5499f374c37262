import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { placedBits } from '../../../protocols/emv/bits.ts'
import type { Line } from '../../../protocols/emv/describe.ts'
import { meaningOf } from '../../../protocols/emv/meaning.ts'
import { describeScriptResult } from '../../../protocols/emv/script-result.ts'
import { tagName } from '../../../protocols/emv/tags.ts'
import type { ContactlessEnd } from '../../../protocols/journal/journal.ts'
import type { Content, Detail, Event } from './row.ts'

/** How an EMV kernel ended, each status bit in words. */
export function kernelRow(end: Event<'kernel'>): Content {
  const { name, outcome, reason, contactless } = end
  return {
    from: 'pos',
    to: null,
    what: `${name} kernel: ${reason}`,
    result: outcome,
    mood: outcome === 'Approved' ? 'good' : 'bad',
    gist: [
      ...statusGist('TVR', '95', end.tvr),
      ...statusGist('TSI', '9B', end.tsi),
      ...(contactless?.messages ?? []).map((message) => `shows "${message}"`),
    ],
    details: [
      { form: 'decoded', title: 'Result', raw: null, lines: resultLines(end) },
      ...(contactless === null ? [] : [readerDetail(contactless)]),
    ],
  }
}

function statusGist(name: string, tag: string, hex: string): string[] {
  const words = placedBits(tag, fromHex(hex)).map((bit) => bit.replace(/^\S+ /, ''))
  return words.length === 0 ? [] : [`${name} ${hex}: ${words.join(', ')}`]
}

function resultLines({ tvr, tsi, cvmResults, scriptResults }: Event<'kernel'>): Line[] {
  return [
    ...bitLines('95', tvr),
    ...bitLines('9B', tsi),
    ...(cvmResults === null ? [] : [line('9F34', cvmResults, meaningOf('9F34', fromHex(cvmResults)))]),
    ...scriptResults.map((hex) => ({
      depth: 0,
      name: 'Issuer Script Results',
      hex,
      meaning: describeScriptResult(fromHex(hex)),
    })),
  ]
}

function bitLines(tag: string, hex: string): Line[] {
  const bits = placedBits(tag, fromHex(hex)).map((name) => ({ depth: 1, name, hex: '', meaning: null }))
  return [line(tag, hex, null), ...bits]
}

function line(tag: string, hex: string, meaning: string | null): Line {
  return { depth: 0, name: `${tag} ${tagName(tag)}`, hex, meaning }
}

function readerDetail({
  mode,
  status,
  cvm,
  start,
  receipt,
  error,
  balance,
  outcomeParameters,
  userInterface,
  errorIndication,
}: ContactlessEnd): Detail {
  const pairs: [name: string, value: string | null][] = [
    ['mode', mode],
    ['outcome', status],
    ['CVM', cvm],
    ['start', start],
    ['receipt', receipt ? 'yes' : 'no'],
    ['error', error],
    ['balance', balance],
    ['DF8129', outcomeParameters],
    ['DF8116', userInterface],
    ['DF8115', errorIndication],
  ]
  const told = pairs.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
  return { form: 'pairs', title: 'Contactless reader', pairs: told }
}
