import type { Party } from '../../../protocols/journal/journal.ts'
import { PARTY_NAMES } from '../rows/parties.ts'
import type { Row } from '../rows/row.ts'
import { type Html, html } from './html.ts'

// In the order of a payment's way; a bench has no lane.
export const LANES: readonly Party[] = [
  'card',
  'pos',
  'merchant-ase',
  'rafiki-merchant',
  'rafiki-customer',
  'customer-ase',
  'hsm',
]

/** The labels above the lanes. */
export const laneLabels: Html = html`<span class="lanes labels" aria-hidden="true">${LANES.map(
  (party) => html`<i>${PARTY_NAMES[party]}</i>`,
)}</span>`

/** An arrow from lane to lane, or a point on one. It repeats for the eye what the row says in words. */
export function laneMark({ from, to }: Row): Html {
  const [start, end] = [laneOf(from), laneOf(to)]
  return html`<span class="lanes" aria-hidden="true">${start === null || end === null ? point(start ?? end) : arrow(start, end)}</span>`
}

function laneOf(party: Party | null): number | null {
  const lane = party === null ? -1 : LANES.indexOf(party)
  return lane < 0 ? null : lane
}

function point(lane: number | null): Html | null {
  return lane === null ? null : html`<i class="point" style="--at:${lane}"></i>`
}

function arrow(start: number, end: number): Html {
  const direction = end < start ? 'left' : 'right'
  return html`<i class="arrow ${direction}" style="--at:${Math.min(start, end)};--span:${Math.abs(end - start)}"></i>`
}
