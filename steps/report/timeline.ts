import pc from 'picocolors'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import type { Outcome } from '../../protocols/outcome/outcome.ts'
import { detailLines } from './detail-lines.ts'
import { plain } from './plain.ts'
import { who } from './rows/parties.ts'
import type { Kind, Row } from './rows/row.ts'
import { rowsOf } from './rows/rows.ts'
import { duration, moment } from './units.ts'

export interface TimelineOptions {
  /** The terminal's word, written last. */
  outcome?: Outcome
  /** Everything the journal holds instead of what matters; default false. */
  verbose?: boolean
  /** Default: whether standard output is a terminal that shows colours. */
  colours?: boolean
}

type Colours = ReturnType<typeof pc.createColors>

const KIND_COLOURS: {
  readonly [K in Kind]: keyof Colours & ('blue' | 'gray' | 'cyan' | 'yellow' | 'magenta' | 'bold')
} = {
  apdu: 'blue',
  terminal: 'gray',
  kernel: 'bold',
  http: 'cyan',
  webhook: 'yellow',
  hsm: 'magenta',
  decision: 'bold',
  fact: 'gray',
}

// Columns: begin, duration, who; what follows is free.
const BEGIN = 9
const TOOK = 8
const WHO = 23
const MARGIN = ' '.repeat(BEGIN + TOOK + WHO + 7)

/** A journal as text for a terminal: a line for each thing that passed a socket, decoded beneath, ending with the terminal's word. */
export function timeline(journal: readonly JournalEntry[], options: TimelineOptions = {}): string {
  const { outcome, verbose = false, colours: wanted = pc.isColorSupported } = options
  const colours = pc.createColors(wanted)
  const beneath = verbose ? detailLines : newsOnly()
  const lines = rowsOf(journal).flatMap((row) => [
    headline(row, colours),
    ...beneath(row).map((line) => MARGIN + colours.dim(line)),
  ])
  return [...lines, ...(outcome === undefined ? [] : ['', word(outcome, colours)])]
    .map((line) => `${line}\n`)
    .join('')
}

function headline(row: Row, colours: Colours): string {
  const { begin, us, what, result } = row
  const took = us === null ? '' : duration(us)
  const times = colours.dim(`${moment(begin).padStart(BEGIN)} ${took.padStart(TOOK)}`)
  const end = result === null ? '' : ` ${colours.dim('→')} ${moodOf(row, colours)(plain(result))}`
  return `${times}  ${colours[KIND_COLOURS[row.kind]](who(row).padEnd(WHO))}  ${plain(what)}${end}`
}

// What was said before is not said again, so that an amount or a name that changes on its way catches the eye.
function newsOnly(): (row: Row) => string[] {
  const told = new Set<string>()
  return ({ gist }) => {
    const news = gist.filter((piece) => !told.has(piece))
    for (const piece of news) told.add(piece)
    return news.length === 0 ? [] : [plain(news.join(' · '))]
  }
}

function moodOf({ mood }: Row, colours: Colours): (text: string) => string {
  return { good: colours.green, bad: colours.red, plain: String }[mood]
}

function word({ word, reason }: Outcome, colours: Colours): string {
  const coloured = word === 'Approved' ? colours.green(word) : colours.red(word)
  return `The terminal shows: ${colours.bold(coloured)}${reason === null ? '' : `  ${reason}`}`
}
