import { toHex } from '../../protocols/bytes/bytes.ts'
import type { CardDesk } from './card-desk.ts'
import { primitives } from './hearing.ts'
import { bringTo, readRecords } from './stages.ts'

/** A data object that a card tells, and where: `SELECT`, `GET PROCESSING OPTIONS` or `SFI 1 record 2`. */
export interface Told {
  where: string
  tag: string
  hex: string
}

/** Everything that a card tells until its records are read. */
export async function surveyOf(desk: CardDesk): Promise<Told[]> {
  await bringTo(desk, 'after SELECT')
  const fci = told('SELECT', desk.response.data)
  await bringTo(desk, 'after GET PROCESSING OPTIONS')
  const options = told('GET PROCESSING OPTIONS', desk.response.data)
  await readRecords(desk)
  const records = [...desk.hearing.records].flatMap(([place, data]) =>
    told(`SFI ${place.replace('/', ' record ')}`, data),
  )
  return [...fci, ...options, ...records]
}

/** Places and tags that one of two cards has and the other has not, or has with another value; each once. */
export function differences(one: readonly Told[], other: readonly Told[]): string[] {
  const only = (these: readonly Told[], those: readonly Told[]) =>
    these.filter((a) => !those.some((b) => a.where === b.where && a.tag === b.tag && a.hex === b.hex))
  return [
    ...new Set([...only(one, other), ...only(other, one)].map(({ where, tag }) => `${where}: ${tag}`)),
  ].sort()
}

function told(where: string, data: Uint8Array): Told[] {
  return primitives(data).map(({ tag, value }) => ({ where, tag, hex: toHex(value) }))
}
