import type { JournalEntry } from '../../../protocols/journal/journal.ts'
import { who } from '../rows/parties.ts'
import type { Kind, Row } from '../rows/row.ts'
import { rowsOf } from '../rows/rows.ts'
import { duration, moment } from '../units.ts'
import { detailBlock } from './detail.ts'
import { type Html, html } from './html.ts'
import { laneLabels, laneMark } from './lanes.ts'
import { sequenceDiagram } from './sequence.ts'

const KINDS: readonly (readonly [kind: Kind, label: string])[] = [
  ['apdu', 'APDU'],
  ['terminal', 'Terminal'],
  ['kernel', 'Kernel'],
  ['http', 'HTTP'],
  ['webhook', 'Webhook'],
  ['hsm', 'HSM'],
  ['decision', 'Decision'],
  ['fact', 'Fact'],
]

/** The decoded journal of a scenario: a row for each thing that passed a socket, in the order in which they began. */
export function trace(journal: readonly JournalEntry[]): Html {
  const rows = rowsOf(journal)
  return html`<section class="trace" aria-label="Trace">
${taps(journal)}
${sequenceDiagram(journal)}
<div class="filters" role="toolbar" aria-label="Kinds in this trace">${KINDS.map(([kind, label]) => filter(kind, label, rows))}</div>
<div class="row labels" aria-hidden="true"><span class="at">ms</span>${laneLabels}<span class="what">what</span><span class="us">took</span></div>
<ol>${rows.map(rowItem)}</ol>
</section>`
}

/** The ids of the taps, as logs and traces have them. */
function taps(journal: readonly JournalEntry[]): Html | false {
  const ids = new Set(journal.filter(({ kind }) => kind === 'terminal').map(({ correlation }) => correlation))
  ids.delete(undefined)
  return ids.size > 0 && html`<p class="taps">Taps: ${[...ids].map((id) => html`<code>${id}</code> `)}</p>`
}

function filter(kind: Kind, label: string, rows: readonly Row[]): Html | false {
  const count = rows.filter((row) => row.kind === kind).length
  return (
    count > 0 &&
    html`<button type="button" class="${kind}" data-kind="${kind}" aria-pressed="true">${label} <b>${count}</b></button>`
  )
}

function rowItem(row: Row): Html {
  const { kind, mood, correlation, details } = row
  const line = rowLine(row)
  return html`<li class="${kind} ${mood}"${correlation !== null && html` data-tap="${correlation}"`}>${
    details.length === 0
      ? html`<div class="row">${line}</div>`
      : html`<details><summary class="row">${line}</summary><div class="blocks">${details.map(detailBlock)}</div></details>`
  }</li>`
}

function rowLine(row: Row): Html {
  return html`<span class="at">${moment(row.begin)}</span>${laneMark(row)}
<span class="what"><span class="who">${who(row)}</span> ${row.what}
${row.result !== null && html`<span class="result">${row.result}</span>`}
${row.gist.length > 0 && html`<span class="gist">${row.gist.join(' · ')}</span>`}</span>
<span class="us">${row.us !== null && duration(row.us)}</span>`
}
