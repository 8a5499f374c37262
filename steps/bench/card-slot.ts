import { LoopbackReader } from '../../hardware/pcsc/loopback-reader.ts'
import { PcscReader } from '../../hardware/pcsc/pcsc-reader.ts'
import type { CardReader } from '../../hardware/pcsc/reader.ts'
import { startVirtualReaders } from '../../hardware/pcsc/virtual-reader.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import { CardHost, type InsertedCard } from '../../simulators/card/card-host.ts'
import type { CardImage } from '../../simulators/card/image.ts'
import type { Recording } from '../../simulators/card/recording/recording.ts'
import { ReplayCard } from '../../simulators/card/recording/replay-card.ts'
import { cardOf } from '../../simulators/card/slow-card.ts'
import { type Closer, closeAll, closing, settleAll } from './closer.ts'
import { CACHE } from './places.ts'
import type { Transport } from './profile.ts'

export const READER_NAME = 'Tapbench Virtual Reader'

/** The card socket: a reader, and the hand that puts simulated cards into it. */
export interface CardSlot {
  reader: CardReader
  /** Socket of the pcscd that has the reader; null when there is none. */
  socket: string | null
  /** Puts a card in, after taking out the one that is there: a personalised one, or one that replays a recording. */
  insert(card: CardImage | Recording): Promise<void>
  /**
   * Puts the card in again that was there last, as it was left: counters, PIN tries, torn transactions. Takes it out first when it is still
   * there. Throws when there was none.
   */
  putBack(): Promise<void>
  /** ATC of the card that was put in last, when it was made of this image; else null. */
  counterOf(image: CardImage): Promise<number | null>
  /** What a card that replays was asked and could not answer, in words. */
  notes(): Promise<readonly string[]>
  remove(): Promise<void>
  close(): Promise<void>
}

/** Opens the card socket of a bench. */
export function openSlot(transport: Transport, directory: string, clock: Clock): Promise<CardSlot> {
  return transport === 'pcsc' ? openPcscSlot(directory) : openLoopbackSlot(clock)
}

async function openLoopbackSlot(clock: Clock): Promise<CardSlot> {
  const reader = new LoopbackReader('Tapbench Loopback', clock)
  const remove = async () => reader.remove()
  let last: ReturnType<typeof cardOf> | ReplayCard | null = null
  let made: CardImage | Recording | null = null
  return {
    reader,
    socket: null,
    insert: async (content) => {
      reader.remove()
      made = content
      last = isRecording(content) ? new ReplayCard(content) : cardOf(content, clock)
      reader.insert(last)
    },
    putBack: async () => {
      reader.remove()
      reader.insert(last ?? noCardYet())
    },
    counterOf: async (image) => (image === made ? (last?.atc ?? null) : null),
    notes: async () => (last instanceof ReplayCard ? last.notes : []),
    remove,
    close: remove,
  }
}

function noCardYet(): never {
  throw new Error('expected a card that was in the reader before, there was none: insert one')
}

async function openPcscSlot(directory: string): Promise<CardSlot> {
  const closers: Closer[] = []
  try {
    const [readers, host] = await settleAll([
      closing(closers, startVirtualReaders({ readers: [READER_NAME], directory, cacheDirectory: CACHE })),
      closing(closers, CardHost.start()),
    ])
    const [virtual] = readers.readers
    if (virtual === undefined) throw new Error(`expected a virtual reader "${READER_NAME}", pcscd has none`)
    const reader = new PcscReader({ name: virtual.name, socket: readers.socket })
    closers.push(() => reader.close())
    return pcscSlot({ reader, socket: readers.socket, host, port: virtual.port, closers })
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

interface PcscParts {
  reader: PcscReader
  socket: string
  host: CardHost
  port: number
  closers: Closer[]
}

function pcscSlot({ reader, socket, host, port, closers }: PcscParts): CardSlot {
  let last: InsertedCard | null = null
  let made: CardImage | Recording | null = null
  const remove = async () => void (await last?.remove())
  return {
    reader,
    socket,
    insert: async (content) => {
      await remove()
      made = content
      last = await host.insert(isRecording(content) ? { port, recording: content } : { port, image: content })
    },
    putBack: async () => {
      await remove()
      await (last ?? noCardYet()).putBack()
    },
    counterOf: async (image) => (image === made ? ((await last?.state())?.atc ?? null) : null),
    notes: async () => (await last?.state())?.notes ?? [],
    remove,
    close: async () => {
      await remove()
      await closeAll(closers)
    },
  }
}

function isRecording(content: CardImage | Recording): content is Recording {
  return 'exchanges' in content
}
