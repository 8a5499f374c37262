import type { Scenario, Step } from '../run/run.ts'
import { duration } from '../units.ts'
import { type Html, html, type Part } from './html.ts'
import { trace } from './trace.ts'
import { mark } from './verdict.ts'

/**
 * A scenario: its steps, what broke, and the trace of its journal. Open when it failed. To a browser that runs scripts the trace is text, until
 * report.js unfolds it: a thousand traces as elements take many seconds to load. To one that does not, it is simply there.
 */
export function scenarioArticle(scenario: Scenario): Html {
  const { id, verdict, steps, journal } = scenario
  return html`<details class="scenario ${verdict}" id="${id}" data-verdict="${verdict}"${verdict === 'failed' && html` open`}>
${headline(scenario)}
<ol class="steps">${steps.filter(isTold).map(stepItem)}</ol>
${journal.length > 0 && html`<noscript>${trace(journal)}</noscript>`}
</details>`
}

function headline({ verdict, name, line, example, tags, attempts, reason, us }: Scenario): Html {
  return html`<summary>${mark(verdict)}
<span class="name">${name}${example.map(([column, value]) => html` <span class="chip" title="${column}">${value}</span>`)}
${verdict === 'skipped' && reason !== null && html`<span class="reason">${reason}</span>`}</span>
<span class="aside">${attempts > 1 && html`<b>attempt ${attempts}</b> `}${tags.join(' ')} <span class="line">line ${line}</span>
<span class="us">${duration(us)}</span></span></summary>`
}

// Hooks are plumbing, unless something happened in them.
function isTold({ keyword, status, notes }: Step): boolean {
  return keyword !== null || status === 'failed' || notes.length > 0
}

function stepItem(step: Step): Html {
  return html`<li class="${step.status}">${mark(step.status)}
<span class="text"><b>${step.keyword ?? 'Hook'}</b> ${step.text}</span>
<span class="us">${step.us > 0 && duration(step.us)}</span>
${step.docString !== null && html`<pre class="argument">${step.docString}</pre>`}
${step.table.length > 0 && table(step.table)}
${step.notes.map((note) => html`<pre class="note">${note}</pre>`)}
${step.message !== null && html`<pre class="message">${step.message}</pre>`}</li>`
}

function table(rows: Step['table']): Part {
  return html`<table class="argument">${rows.map(
    (cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</table>`
}
