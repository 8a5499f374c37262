import type { Placement, Variant } from './placement.ts'

/** What one token does where. */
export interface MatrixColumn {
  /** The module, and the token where it has a name. */
  readonly title: string
  readonly operations: Readonly<Record<Variant, Placement>>
}

/** An operation, and in a line what each token says to it. */
export interface MatrixRow {
  readonly operation: string
  readonly cells: readonly { readonly where: Placement['where']; readonly text: string }[]
}

/** A row for each operation, a cell for each column: where, and what is missing for the token to do it. */
export function matrixRows(columns: readonly MatrixColumn[]): MatrixRow[] {
  const variants = Object.keys(columns[0]?.operations ?? {}) as Variant[]
  return variants.map((operation) => ({
    operation,
    cells: columns.map(({ operations }) => {
      const { where, missing } = operations[operation]
      return { where, text: missing.length === 0 ? where : `${where}: ${missing.join(', ')}` }
    }),
  }))
}
