import { select } from '../../protocols/apdu/commands.ts'
import { describeStatus } from '../../protocols/apdu/status-words.ts'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { requireTag, type Tlv } from '../../protocols/tlv/tlv.ts'
import { type CardData, dataOf, mandatory, optional, templateOf } from './card-data.ts'
import type { CardSession } from './card-session.ts'
import { CardDataError, done, reading, type Step } from './step.ts'

/** An application that both sides have. AIDs are upper-case hexadecimal. */
export interface Candidate {
  aid: string
  /** 1 (first) to 15; 16 when the card gives it no place. */
  priority: number
}

export interface Application {
  aid: string
  label: string | null
  /** Processing Options Data Object List, 9F38; empty when the card has none. */
  pdol: Uint8Array
}

const PPSE = new TextEncoder().encode('2PAY.SYS.DDF01')
const NO_PRIORITY = 16

/**
 * What card and terminal have in common, best first: from the card's directory (EMV Contactless Book B, 3.3.2), or, when it has none, the
 * terminal's own list (EMV 4.4 Book 1, 12.3.3). `aids`: the terminal's, upper-case hexadecimal.
 */
export async function listCandidates(
  session: CardSession,
  aids: readonly string[],
): Promise<Step<Candidate[]>> {
  const name = 'SELECT 2PAY.SYS.DDF01'
  const answer = await session.send(name, select(PPSE))
  if (!answer.done) return answer
  const response = answer.value
  if (response.sw !== 0x9000) return done(aids.map((aid) => ({ aid, priority: NO_PRIORITY })))
  const listed = reading(name, () => directoryOf(templateOf(response, '6F')))
  if (!listed.done) return listed
  const common = listed.value.filter(({ aid }) => aids.some((own) => aid.startsWith(own)))
  return done(common.sort((a, b) => a.priority - b.priority))
}

/** Selects one application; null when the card does not let it be selected. */
export async function selectApplication(
  session: CardSession,
  { aid }: Candidate,
): Promise<Step<{ application: Application | null; status: string }>> {
  const name = `SELECT ${aid}`
  const answer = await session.send(name, select(fromHex(aid)))
  if (!answer.done) return answer
  const response = answer.value
  const status = describeStatus(response.sw)
  if (response.sw !== 0x9000) return done({ application: null, status })
  return reading(name, () => ({
    application: applicationOf(dataOf(templateOf(response, '6F')), aid),
    status,
  }))
}

function directoryOf(fci: Tlv): Candidate[] {
  const children = fci.children ?? []
  requireTag(children, '84')
  const issuerData = requireTag(requireTag(children, 'A5').children ?? [], 'BF0C')
  return (issuerData.children ?? [])
    .filter(({ tag }) => tag === '61')
    .map((entry) => candidateOf(dataOf(entry)))
}

function candidateOf(entry: CardData): Candidate {
  const [priority = 0] = optional(entry, '87', 1) ?? []
  // Book 1, 12.2.3, table 48: the low four bits, 0 for none.
  return { aid: toHex(mandatory(entry, '4F', 5, 16)), priority: priority & 0x0f || NO_PRIORITY }
}

function applicationOf(fci: CardData, aid: string): Application {
  const name = toHex(mandatory(fci, '84', 5, 16))
  if (!name.startsWith(aid))
    throw new CardDataError(`expected a DF name that begins with ${aid}, got another`)
  const label = optional(fci, '50', 1, 16)
  return {
    aid: name,
    label:
      label &&
      Buffer.from(label)
        .toString('latin1')
        .replace(/[^\x20-\x7e]/g, '?'),
    pdol: optional(fci, '9F38', 0, 252) ?? new Uint8Array(),
  }
}
