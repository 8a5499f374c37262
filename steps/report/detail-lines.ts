import { plain } from './plain.ts'
import type { Detail, Row } from './rows/row.ts'

type Lines = { readonly [F in Detail['form']]: (detail: Extract<Detail, { form: F }>) => string[] }

const LINES: Lines = {
  decoded: ({ raw, lines }) => [
    ...(raw === null ? [] : [raw]),
    ...lines.map(({ depth, name, hex, meaning }) =>
      [`${'  '.repeat(depth)}${name}`, hex, meaning].filter(Boolean).join('  '),
    ),
  ],
  pairs: ({ pairs }) => pairs.map(([name, value]) => `${name}: ${value}`),
  json: ({ value }) =>
    (typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')).split('\n'),
}

/** Everything there is to look into, as text: each detail under its title. */
export function detailLines({ details }: Row): string[] {
  return details.flatMap((detail) => [detail.title, ...linesOf(detail).map((line) => `  ${plain(line)}`)])
}

function linesOf<F extends Detail['form']>(detail: Extract<Detail, { form: F }>): string[] {
  return LINES[detail.form as F](detail)
}
