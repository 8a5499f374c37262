import { type MatrixColumn, matrixRows } from '../../../hardware/hsm/capabilities/matrix.ts'
import type { Placement } from '../../../hardware/hsm/capabilities/placement.ts'
import { html, type Part } from './html.ts'

const CLASSES: Readonly<Record<Placement['where'], string>> = {
  'in token': 'passed',
  'clear in signer': 'skipped',
  'not possible': 'failed',
}

/** Which token of the run does which operation where, folded. */
export function matrix(columns: readonly MatrixColumn[]): Part {
  return (
    columns.length > 0 &&
    html`<details class="matrix"><summary>HSM operations, and where each token does them</summary>
<table class="argument">
<tr><th>operation</th>${columns.map(({ title }) => html`<th>${title}</th>`)}</tr>
${matrixRows(columns).map(
  ({ operation, cells }) =>
    html`<tr><td>${operation}</td>${cells.map(
      ({ where, text }) => html`<td class="${CLASSES[where]}">${text}</td>`,
    )}</tr>
`,
)}</table></details>`
  )
}
