import { generateKeyPairSync } from 'node:crypto'
import type { CardReader } from '../../hardware/pcsc/reader.ts'
import { CardRemovedError } from '../../hardware/pcsc/reader.ts'
import { toHex } from '../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { Chance } from '../../protocols/fuzz/chance.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { FaultyCard } from '../../simulators/card/faulty-card.ts'
import type { CardImage } from '../../simulators/card/image.ts'
import type { FuzzedCard, RecordedSession } from '../../simulators/card/testing/fuzz-card.ts'
import { counting } from '../../simulators/card/testing/session.ts'
import { loadTerminalProfile } from '../../simulators/pos/profile.ts'
import { Terminal } from '../../simulators/pos/terminal.ts'
import { ApprovingClient } from '../../simulators/pos/testing/approving-client.ts'
import type { FuzzedTerminal } from '../../simulators/pos/testing/fuzz-terminal.ts'
import { everyCard } from './fuzz-cards.ts'
import { emvRequestsFor } from './fuzz-scenarios.ts'

const TERMINALS = ['default', 'contact', 'contactless']
const NOW = Date.UTC(2026, 10, 21, 9, 8, 7)
const AMOUNTS = [100n, 6_000n]

/** Everything that is fuzzed. */
export interface Subjects {
  cards: FuzzedCard[]
  terminals: FuzzedTerminal[]
}

/** Each card profile with the sessions that the terminals have with it, and each pair of card and terminal that has one of its own. */
export async function fuzzSubjects(): Promise<Subjects> {
  const clock = new ManualClock(NOW)
  const terminals = await Promise.all(TERMINALS.map((name) => terminalOf(name, clock)))
  const subjects: Subjects = { cards: [], terminals: [] }
  for (const image of everyCard()) {
    const sessions = new Map<string, RecordedSession>()
    for (const [name, terminal] of terminals)
      for (const emv of emvRequestsFor(image)) {
        const own = {
          name: `card ${image.profile.name} in terminal ${name}`,
          terminal,
          clock,
          emv,
          card: () => new FaultyCard(image, counting()),
        }
        const known = sessions.size
        for (const amount of AMOUNTS) {
          const session = await record(image, terminal, emv, amount)
          sessions.set(shapeOf(session), session)
        }
        if (sessions.size > known) subjects.terminals.push(own)
      }
    subjects.cards.push({ name: image.profile.name, image, sessions: [...sessions.values()] })
  }
  return subjects
}

async function terminalOf(name: string, clock: ManualClock): Promise<[name: string, Terminal]> {
  const chance = new Chance(1)
  const terminal = new Terminal({
    profile: await loadTerminalProfile(name),
    key: generateKeyPairSync('ed25519').privateKey,
    posApiUrl: 'https://pos.tapbench.example',
    clock,
    random: (length) => chance.bytes(length),
    journal: silentJournal,
    http: new ApprovingClient({ from: 'pos', clock, journal: silentJournal }),
  })
  return [name, terminal]
}

/** The commands of a tap on a new card. */
async function record(
  image: CardImage,
  terminal: Terminal,
  emv: FuzzedTerminal['emv'],
  amount: bigint,
): Promise<RecordedSession> {
  const card = new FaultyCard(image, counting())
  const commands: Uint8Array[] = []
  const reader: CardReader = {
    name: 'recording',
    connect: async () => ({
      atr: card.atr,
      transmit: async (command) => {
        commands.push(command)
        const answer = card.transmit(command)
        if (answer === null) throw new CardRemovedError('card was removed')
        return answer
      },
      disconnect: async () => undefined,
    }),
  }
  await terminal.tap({ reader, amount, currency: 'EUR', emv })
  return commands
}

/** Sessions are of one kind when the same commands come in the same order, whatever their data. */
function shapeOf(session: RecordedSession): string {
  return session.map((command) => toHex(command.subarray(0, 4))).join(' ')
}
