import { generateKeyPairSync } from 'node:crypto'
import type { CardReader } from '../../hardware/pcsc/reader.ts'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { HttpClient } from '../../simulators/common/http-client.ts'
import { loadTerminalProfile, type TerminalProfile } from '../../simulators/pos/profile.ts'
import type { TapResult } from '../../simulators/pos/tap-result.ts'
import { Terminal } from '../../simulators/pos/terminal.ts'

/** What makes a terminal send the same commands again. */
export interface Conditions {
  /** A name of fixtures/terminals, or a path. */
  profile: string
  /** Date and time of the transaction, ISO 8601. */
  at: string
  /** Minor units. */
  amount: string
  currency: string
  /** Whether it has the capability (9F33 byte 3, DF811F), where its profile says so. */
  offlineDataAuthentication: boolean
  /** 9F37, 4 bytes in hexadecimal. */
  unpredictableNumber: string
}

// Port 9, discard: nobody listens there, and a terminal without an acquirer says so.
const CARD_CAPTURE = 0x20
const NOWHERE = 'http://127.0.0.1:9'

/**
 * One tap by a terminal behind which nobody is: all that happens between card and terminal, always the same under the same conditions.
 * Throws `ReaderError`, and for a profile that cannot be used.
 */
export async function tapAlone(
  reader: CardReader,
  conditions: Conditions,
  { clock, journal }: { clock: Clock; journal: Journal },
): Promise<TapResult> {
  const moment = Date.parse(conditions.at)
  const stopped: Clock = {
    now: () => moment,
    after: (milliseconds, action) => clock.after(milliseconds, action),
  }
  const http = new HttpClient({ from: 'pos', clock: stopped, journal })
  try {
    const terminal = new Terminal({
      profile: await profileFor(conditions),
      key: generateKeyPairSync('ed25519').privateKey,
      posApiUrl: NOWHERE,
      clock: stopped,
      random: repeating(fromHex(conditions.unpredictableNumber)),
      journal,
      http,
    })
    return await terminal.tap({ reader, amount: BigInt(conditions.amount), currency: conditions.currency })
  } finally {
    await http.close()
  }
}

/** The terminal of a profile under these conditions. Throws for a profile that cannot be used. */
export async function profileFor({
  profile: name,
  offlineDataAuthentication,
}: Conditions): Promise<TerminalProfile> {
  const profile = await loadTerminalProfile(name)
  if (offlineDataAuthentication) return profile
  return { ...profile, ...withoutContact(profile), ...withoutContactless(profile) }
}

/** 9F33, EMV 4.4 Book 4, A2: byte 3 without all but card capture. */
function withoutContact({ emv }: TerminalProfile): Partial<TerminalProfile> {
  if (emv === undefined) return {}
  const [input = 0, cvm = 0, security = 0] = fromHex(emv.capabilities)
  return { emv: { ...emv, capabilities: toHex(Uint8Array.of(input, cvm, security & CARD_CAPTURE)) } }
}

/** DF811F of kernel 2, EMV Contactless Book C-2, Annex A: the same byte. */
function withoutContactless({ contactless }: TerminalProfile): Partial<TerminalProfile> {
  if (contactless === undefined) return {}
  const combinations = contactless.combinations.map((combination) => {
    const { kernel2 } = combination
    if (kernel2 === undefined || kernel2 === null) return combination
    const [security = 0] = kernel2.security
    return { ...combination, kernel2: { ...kernel2, security: Uint8Array.of(security & CARD_CAPTURE) } }
  })
  return { contactless: { ...contactless, combinations } }
}

/** Whatever asks for random bytes gets the same ones again. */
export function repeating(bytes: Uint8Array): (length: number) => Uint8Array {
  return (length) => Uint8Array.from({ length }, (_, index) => bytes[index % bytes.length] ?? 0)
}
