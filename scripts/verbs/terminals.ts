import { silentJournal } from '../../protocols/journal/journal.ts'
import type { TerminalLine } from '../../simulators/merchant-ase/terminals/terminal-office.ts'
import { withClosers } from '../../steps/bench/closer.ts'
import { openKeptTrust } from '../../steps/terminals/kept/kept-trust.ts'
import { estateOf } from '../../steps/terminals/kept/place.ts'
import { EXIT } from '../lib/exit.ts'

/** Lists the registry of the estate. */
export async function terminals({ folder, json }: { folder: string; json?: boolean }): Promise<number> {
  const lines = await withClosers(async (closers) => {
    const estate = await openKeptTrust({ ...estateOf(folder), journal: silentJournal, closers })
    return estate.terminals()
  })
  process.stdout.write(json ? `${JSON.stringify({ terminals: lines.map(dated) }, null, 2)}\n` : table(lines))
  return EXIT.done
}

function dated({ certificateEnds, rotationDue, ...line }: TerminalLine) {
  return { ...line, certificateEnds: iso(certificateEnds), rotationDue: iso(rotationDue) }
}

const COLUMNS = [
  'terminal',
  'merchant',
  'device',
  'model',
  'state',
  'certificate ends',
  'keys',
  'rotation due',
] as const

function table(lines: readonly TerminalLine[]): string {
  if (lines.length === 0) return 'No terminal was onboarded yet: scripts/tapbench onboard --terminal NAME\n'
  const rows = [COLUMNS, ...lines.map(cells)]
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function cells(line: TerminalLine): string[] {
  const { terminalId, merchantId, serial, model, state, certificateEnds, generation, rotationDue } = line
  const keys = generation === null ? 'none' : `generation ${generation}`
  return [terminalId, merchantId, serial, model, state, day(certificateEnds), keys, day(rotationDue)]
}

function day(at: number | null): string {
  return iso(at)?.slice(0, 10) ?? ''
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
