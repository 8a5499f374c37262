import { fromHex } from '../../protocols/bytes/bytes.ts'
import { CardSession } from '../../simulators/pos/card-session.ts'
import { contactKernel } from '../../simulators/pos/contact/contact-kernel.ts'
import { terminalOf } from '../../simulators/pos/contact/testing/run-kernel.ts'
import { silentCardholder } from '../../simulators/pos/emv/cardholder.ts'
import type { KernelResult } from '../../simulators/pos/emv/kernel-result.ts'
import { PURCHASE } from '../../simulators/pos/emv/transaction.ts'
import type { TerminalProfile } from '../../simulators/pos/profile.ts'
import type { Bench } from '../bench/bench.ts'
import { authorityKeys } from './proof.ts'

// Longer than any machine needs: what a transcript shows is not how fast it is.
const WAIT_MS = 30_000
const ACTION_CODES = { denial: '0000000000', online: '0000000000', default: '0000000000' }

/** Whole and partial names of the terminal that the transcripts of candidate lists were written for. */
const NAMES = {
  A0000000031010: true,
  A0000000032010: false,
  A0000000032020: false,
  A0000000041010: true,
  A0000000043060: true,
}

/** A terminal of the transcripts. `capabilities`: 9F33, 3 bytes. */
export function terminalOfTranscripts(
  names: readonly string[] = Object.keys(NAMES),
  capabilities?: string,
): Promise<TerminalProfile> {
  const applications = names.map((aid) => ({
    aid,
    partial: NAMES[aid as keyof typeof NAMES],
    version: '0002',
    actionCodes: ACTION_CODES,
    floorLimit: 100_000,
    randomSelection: { target: 0, maximum: 0, threshold: 0 },
  }))
  return terminalOf({ applications, ...(capabilities === undefined ? {} : { emv: { capabilities } }) })
}

/** A terminal's session with the card in the bench's reader, which nobody else may have. */
export async function openSession({ slot, clock, journal }: Bench): Promise<CardSession> {
  const opened = await CardSession.open(slot.reader, { clock, journal, waitMs: WAIT_MS, apduMs: WAIT_MS })
  if (!opened.done) throw new Error('expected a card in the reader, there is none')
  return opened.value
}

/** The contact kernel with the card in the reader, for a purchase of 12.50 EUR; whoever is asked says nothing. */
export async function runContactKernel(bench: Bench, terminal: TerminalProfile): Promise<KernelResult> {
  const session = await openSession(bench)
  const transaction = {
    ...PURCHASE,
    amount: 1_250n,
    currency: { code: 'EUR', numeric: '0978', exponent: 2 },
    date: fromHex('261121'),
    time: fromHex('090807'),
    unpredictableNumber: fromHex('01234567'),
  }
  try {
    return await contactKernel(session, terminal, transaction, {
      clock: bench.clock,
      journal: bench.journal,
      random: (length) => new Uint8Array(length),
      caKeys: await authorityKeys(),
      cardholder: silentCardholder,
      online: async () => {
        throw new Error('expected no transcript to go online, this one did')
      },
    })
  } finally {
    await session.close()
  }
}
