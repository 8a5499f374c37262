import { type MatrixColumn, matrixRows } from '../../hardware/hsm/capabilities/matrix.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { EXIT } from '../lib/exit.ts'
import { type ProviderColumn, providerMatrix, titleOf } from '../lib/provider-matrix.ts'

/** Prints which module does which operation where: in the token, in a signer's memory, or not and why. */
export async function hsmProviders({ json }: { json?: boolean }): Promise<number> {
  const columns = await withClosers(async (closers) => {
    const { path } = await closing(closers, temporaryFolder())
    return providerMatrix(process.env, path)
  })
  process.stdout.write(json ? `${JSON.stringify({ providers: columns }, null, 2)}\n` : `${table(columns)}\n`)
  return EXIT.done
}

function table(columns: readonly ProviderColumn[]): string {
  const tried = columns.flatMap((column): MatrixColumn[] =>
    column.operations === null ? [] : [{ title: titleOf(column), operations: column.operations }],
  )
  const rows = [
    ['operation', ...tried.map(({ title }) => title)],
    ...matrixRows(tried).map(({ operation, cells }) => [operation, ...cells.map(({ text }) => text)]),
  ]
  const modules = columns.map((column) => `${titleOf(column)}: ${column.reason ?? column.module}`)
  return [...(tried.length === 0 ? [] : aligned(rows)), '', ...modules].join('\n')
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
