import type { Response } from '../../protocols/apdu/response.ts'
import { tagName } from '../../protocols/emv/tags.ts'
import { parseTlv, type Tlv } from '../../protocols/tlv/tlv.ts'
import { CardDataError } from './step.ts'

/** Values of primitive data objects by tag. */
export type CardData = ReadonlyMap<string, Uint8Array>

/** The one template that an answer has to be. Throws `CardDataError` for another or more, `TlvError` when it cannot be read. */
export function templateOf({ data }: Pick<Response, 'data'>, ...allowed: readonly string[]): Tlv {
  const tlvs = parseTlv(data)
  const [template] = tlvs
  if (template === undefined || tlvs.length > 1 || !allowed.includes(template.tag)) {
    const came = tlvs.map(({ tag }) => tag).join(' ') || 'no data'
    throw new CardDataError(`expected one template ${allowed.join(' or ')}, got ${came}`)
  }
  return template
}

/** Adds all primitive data objects to `data`. Throws `CardDataError` when one is there already (EMV 4.4 Book 3, 10.2). */
export function collect(tlvs: readonly Tlv[], data: Map<string, Uint8Array>): void {
  for (const { tag, value, children } of tlvs) {
    if (children !== undefined) {
      collect(children, data)
      continue
    }
    if (data.has(tag)) throw new CardDataError(`expected ${tag} (${tagName(tag)}) once, got it twice`)
    data.set(tag, value)
  }
}

/** The data objects inside a template, by tag. */
export function dataOf(template: Tlv): CardData {
  const data = new Map<string, Uint8Array>()
  collect(template.children ?? [], data)
  return data
}

/** A mandatory value of `shortest` to `longest` bytes. Throws `CardDataError` when it is absent or has another length. */
export function mandatory(data: CardData, tag: string, shortest: number, longest = shortest): Uint8Array {
  const value = optional(data, tag, shortest, longest)
  if (value === null) throw new CardDataError(`expected ${tag} (${tagName(tag)}), it is missing`)
  return value
}

/** Null when it is absent; throws `CardDataError` when it has another length. */
export function optional(
  data: CardData,
  tag: string,
  shortest: number,
  longest = shortest,
): Uint8Array | null {
  const value = data.get(tag)
  if (value === undefined) return null
  if (value.length >= shortest && value.length <= longest) return value
  const expected = shortest === longest ? `${shortest}` : `${shortest} to ${longest}`
  throw new CardDataError(`expected ${expected} bytes in ${tag} (${tagName(tag)}), got ${value.length}`)
}
