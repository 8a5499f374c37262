import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from '../../steps/bench/bench.ts'
import { SIDES } from '../../steps/bench/plan.ts'
import { findSecrets, type Secret } from '../../steps/report/secrets.ts'

/** What a run writes into its report folder. */
export const REPORT_FILES = { html: 'report.html', junit: 'junit.xml', messages: 'messages.ndjson' } as const

/** Something that was written, and where. */
export interface Written {
  readonly where: string
  readonly content: string | Uint8Array
}

/** Looks for secrets in what was written; a line for each that was found, which does not repeat it. */
export function searchFor(secrets: readonly Secret[], written: readonly Written[]): string[] {
  return written.flatMap(({ where, content }) =>
    findSecrets(content, secrets).map(
      ({ name, form, offset }) => `${where}: expected no secret, got: ${name} as ${form} at byte ${offset}`,
    ),
  )
}

/** The reports of a run. */
export function readReports(folder: string): Promise<Written[]> {
  const files = Object.values(REPORT_FILES).map((name) => join(folder, name))
  return Promise.all(files.map(async (where) => ({ where, content: await readFile(where) })))
}

/** The bench's own log, if it has a file. */
export async function readLog(file: string | null): Promise<Written[]> {
  return file === null ? [] : [{ where: file, content: await readFile(file) }]
}

/** Every table of both ASEs' databases. Throws when one has none: a search of nothing would end well. */
export async function readDatabases({ services, profile }: Bench): Promise<Written[]> {
  // Nobody else's database is ours to search.
  const own = SIDES.filter((side) => profile[`${side}Ase`].socket === 'simulated')
  const bySide = own.map(async (side) => {
    const dumps = await services[side].dump()
    if (dumps.length === 0) throw new Error(`expected tables in the database of the ${side} ASE, got none`)
    return dumps.map(({ table, rows }) => ({
      where: `database of the ${side} ASE, table ${table}`,
      content: rows,
    }))
  })
  return (await Promise.all(bySide)).flat()
}

/** Keeps what this program and its threads print from now on, which is printed all the same. */
export function keepOutput(): { read(): Written[]; stop(): void } {
  const outputs = (['stdout', 'stderr'] as const).map((name) => keep(name))
  return {
    read: () => outputs.map(({ where, chunks }) => ({ where, content: Buffer.concat(chunks) })),
    stop: () => {
      for (const { stop } of outputs) stop()
    },
  }
}

function keep(name: 'stdout' | 'stderr') {
  const stream = process[name]
  const write = stream.write
  const chunks: Buffer[] = []
  stream.write = ((...args: Parameters<typeof write>) => {
    chunks.push(Buffer.from(args[0] as string))
    return write.apply(stream, args)
  }) as typeof write
  const stop = () => {
    stream.write = write
  }
  return { where: name, chunks, stop }
}
