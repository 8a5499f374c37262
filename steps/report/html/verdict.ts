import { type Html, html } from './html.ts'

/** Cucumber's words for the end of a step, and the three verdicts on a scenario. */
const MARKS: Record<string, string> = {
  passed: '✓',
  failed: '✗',
  skipped: '–',
  pending: '…',
  undefined: '?',
  ambiguous: '?',
}

/** A sign for the eye with the word for those who do not see it. */
export function mark(status: string): Html {
  return html`<span class="mark ${status}" role="img" aria-label="${status}" title="${status}">${MARKS[status] ?? '·'}</span>`
}
