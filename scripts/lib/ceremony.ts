import type { Journal, JournalEntry } from '../../protocols/journal/journal.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import { SwitchJournal } from '../../protocols/journal/switch-journal.ts'
import type { Device } from '../../simulators/pos/device/device.ts'
import type { CeremonyOutcome } from '../../simulators/pos/onboarding/outcome.ts'
import { withClosers } from '../../steps/bench/closer.ts'
import { sharedMicroseconds } from '../../steps/bench/threads/wire.ts'
import { rowsOf } from '../../steps/report/rows/rows.ts'
import { timeline } from '../../steps/report/timeline.ts'
import { requireName } from '../../steps/terminals/kept/kept-terminal.ts'
import { type KeptTrust, openKeptTrust } from '../../steps/terminals/kept/kept-trust.ts'
import { estateOf } from '../../steps/terminals/kept/place.ts'
import { type TerminalFacts, terminalFacts } from '../../steps/terminals/kept/terminal-facts.ts'
import { EXIT } from './exit.ts'

export interface CeremonyVerbOptions {
  /** Name of the device, which is its serial number. */
  terminal: string
  folder: string
  json?: boolean
  verbose?: boolean
}

/** How a ceremony ended, and the device as it is then. */
export interface Performed {
  outcome: CeremonyOutcome
  device: Device
}

/** Performs a ceremony, prints what happens while it does, and what the terminal has at the end; exit code 1 when it was refused. */
export async function ceremonyVerb(
  { terminal, folder, json, verbose }: CeremonyVerbOptions,
  perform: (estate: KeptTrust) => Promise<Performed>,
): Promise<number> {
  requireName(terminal)
  const journal = new SwitchJournal()
  const { outcome, device, entries } = await withClosers(async (closers) => {
    const estate = await openKeptTrust({ ...estateOf(folder), journal, closers })
    await estate.office()
    // Times count from the ceremony's beginning, not from the program's.
    const recorded = json ? new MemoryJournal(sharedMicroseconds) : new Printing(verbose === true)
    journal.to(recorded)
    return { ...(await perform(estate)), entries: recorded.entries }
  })
  const facts = terminalFacts(device)
  process.stdout.write(
    json ? `${JSON.stringify(document(outcome, facts, entries), null, 2)}\n` : told(outcome, facts),
  )
  return outcome.done ? EXIT.done : EXIT.unexpected
}

/** Writes each entry as it comes, as a timeline would. */
class Printing extends MemoryJournal implements Journal {
  readonly #verbose: boolean

  constructor(verbose: boolean) {
    super(sharedMicroseconds)
    this.#verbose = verbose
  }

  override record(...event: Parameters<Journal['record']>): void {
    super.record(...event)
    const entry = this.entries.at(-1)
    if (entry !== undefined) process.stdout.write(timeline([entry], { verbose: this.#verbose }))
  }
}

function document(outcome: CeremonyOutcome, terminal: TerminalFacts, entries: readonly JournalEntry[]) {
  const { by, reason, detail } = outcome.done ? { by: null, reason: null, detail: null } : outcome
  const steps = rowsOf(entries).map(({ begin, us, from, to, what, result, gist }) => ({
    begin,
    us,
    from,
    to,
    what,
    result,
    gist,
  }))
  return { done: outcome.done, by, reason, detail, terminal, steps }
}

function told(outcome: CeremonyOutcome, { certificates, keys, dukpt, ...terminal }: TerminalFacts): string {
  const lines = [
    `terminal  ${terminal.terminalId ?? 'none'}, device ${terminal.serial}, model ${terminal.model}`,
    ...certificates.flatMap(({ what, subject, issuer, notAfter }) => [
      `${what.padEnd(22)}  ${subject}`,
      `${' '.repeat(22)}  by ${issuer}, until ${notAfter.slice(0, 10)}`,
    ]),
    ...keys.map(
      ({ purpose, kcv, firstKsn }) =>
        `${`${purpose}, generation ${terminal.generation}`.padEnd(22)}  KCV ${kcv}, first KSN ${firstKsn} of ${dukpt} DUKPT`,
    ),
  ]
  const end = outcome.done ? 'Done.' : `Refused by the ${outcome.by}: ${outcome.detail} (${outcome.reason})`
  return `\n${lines.join('\n')}\n\n${end}\n`
}
