import type { JournalEntry, Party } from '../../../protocols/journal/journal.ts'
import { PARTY_NAMES } from '../rows/parties.ts'
import type { Row } from '../rows/row.ts'
import { rowsOf } from '../rows/rows.ts'
import { type Html, html } from './html.ts'
import { LANES } from './lanes.ts'

// All lengths are units of the drawing.
const LANE = 190
/** For notes beside the last line. */
const ROOM = 110
const HEAD = 34
const STEP = 30
/** Of a message, from one line to the next. */
const MOST_LETTERS = 28
/** Width of a note's letters, which are all alike. */
const LETTER = 7.3
/** Longer ones are told by the trace alone. */
const MOST_MESSAGES = 40

/** A row that is drawn: a message from party to party, or a word of one. */
type Drawn = Row & { from: Party }

/**
 * What parties said to each other as a sequence diagram, drawn from the journal: a line down for each party that took part, an arrow for each
 * call, a note for what a party decided or recorded. Null when nobody spoke to another, or when it would be too long to read.
 */
export function sequenceDiagram(journal: readonly JournalEntry[]): Html | null {
  const rows = rowsOf(journal).filter(isDrawn)
  const messages = rows.filter(isMessage).length
  if (messages === 0 || messages > MOST_MESSAGES) return null
  const parties = LANES.filter((party) => rows.some(({ from, to }) => from === party || to === party))
  const [width, height] = [parties.length * LANE + ROOM, HEAD + (rows.length + 1) * STEP]
  return html`<details class="sequence"><summary>Sequence diagram</summary>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Sequence diagram" style="max-width:${width}px">
${parties.map((party, lane) => lifeline(PARTY_NAMES[party], lane, height))}
${rows.map((row, index) => drawn(row, { parties, width, y: HEAD + (index + 1) * STEP }))}
</svg></details>`
}

// What cards and HSMs do is hundreds of exchanges; the trace has them.
const KINDS: readonly Row['kind'][] = ['http', 'webhook', 'decision', 'fact', 'terminal']

function isDrawn(row: Row): row is Drawn {
  const known = row.from !== null && LANES.includes(row.from) && (row.to === null || LANES.includes(row.to))
  return known && KINDS.includes(row.kind)
}

function isMessage({ to }: Row): boolean {
  return to !== null
}

function lifeline(name: string, lane: number, height: number): Html {
  const x = middle(lane)
  return html`<line class="life" x1="${x}" x2="${x}" y1="${HEAD - 8}" y2="${height}"></line><text class="party" x="${x}" y="${HEAD - 14}">${name}</text>`
}

interface Place {
  parties: readonly Party[]
  /** Of the drawing. */
  width: number
  y: number
}

function drawn(row: Drawn, { parties, width, y }: Place): Html {
  const start = parties.indexOf(row.from)
  const label = [row.what, row.result].filter(Boolean).join(' → ')
  if (row.to === null || row.to === row.from) return note(row, { x: middle(start), y, width }, label)
  const end = parties.indexOf(row.to)
  return html`<g class="${row.kind} ${row.mood}"><title>${label}</title>${arrow(middle(start), middle(end), y)}
<text x="${(middle(start) + middle(end)) / 2}" y="${y - 6}">${shortened(label, MOST_LETTERS * Math.abs(end - start))}</text></g>`
}

/** As long as there is room: nothing else is on its line. */
function note(
  { kind, mood }: Row,
  { x, y, width }: { x: number; y: number; width: number },
  label: string,
): Html {
  const begin = x + 9
  return html`<g class="${kind} ${mood} note"><title>${label}</title><circle cx="${x}" cy="${y - 4}" r="4"></circle>
<text x="${begin}" y="${y}">${shortened(label, Math.floor((width - begin) / LETTER))}</text></g>`
}

function arrow(from: number, to: number, y: number): Html {
  const back = to > from ? -8 : 8
  return html`<line x1="${from}" x2="${to}" y1="${y}" y2="${y}"></line><path d="M${to} ${y}l${back} -4v8z"></path>`
}

function middle(lane: number): number {
  return (lane + 0.5) * LANE
}

function shortened(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`
}
