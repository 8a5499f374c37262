import { silentJournal } from '../../protocols/journal/journal.ts'
import { personalise } from '../../simulators/card/personalisation.ts'
import { type CardProfile, loadCardProfile } from '../../simulators/card/profile.ts'
import { algorithmOf } from '../../steps/bench/bench.ts'
import { openSlot } from '../../steps/bench/card-slot.ts'
import { type Closer, closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { makePlan, WALLET_HOST } from '../../steps/bench/plan.ts'
import { loadProfile, type Profile } from '../../steps/bench/profile.ts'
import { type PartOptions, startIssuer } from '../../steps/bench/side/parts.ts'
import { BenchClock } from '../../steps/bench-clock.ts'
import { untilInterrupted } from '../lib/interrupt.ts'

/** Puts a freshly personalised card into a virtual reader until Ctrl-C. One line says where, once the card can be used. */
export function cardPresent(name: string, { profile }: { profile: string }): Promise<never> {
  const card = loadCardProfile(name)
  const bench = loadProfile(profile, process.env)
  return withClosers((closers) => untilInterrupted(() => present(card, bench, closers)))
}

async function present(card: CardProfile, bench: Profile, closers: Closer[]): Promise<void> {
  const { path: directory } = await closing(closers, temporaryFolder())
  const clock = new BenchClock()
  closers.push(() => clock.close())
  const image = await issue(card, { profile: bench, directory, clock, closers })
  const slot = await closing(closers, openSlot('pcsc', directory, clock))
  await slot.insert(image)
  // pcscd looks for cards every 400 ms: only a connection shows that it has seen this one.
  const connection = await slot.reader.connect(5_000)
  await connection.disconnect()
  process.stdout.write(
    `card "${card.name}" is in reader "${slot.reader.name}"; PCSCLITE_CSOCK_NAME=${slot.socket}\n`,
  )
}

async function issue(
  card: CardProfile,
  parts: Pick<PartOptions, 'profile' | 'directory' | 'clock' | 'closers'>,
) {
  const plan = await makePlan()
  const { ase } = await startIssuer({ ...parts, plan, journal: silentJournal })
  const account = await ase.openAccount({
    walletAddress: `https://${WALLET_HOST}/holder`,
    walletAddressId: 'none: no Rafiki is asked',
    assetCode: 'EUR',
    assetScale: 2,
    balance: 0n,
  })
  const record = await ase.issueCard({ accountId: account.id, algorithm: algorithmOf(card) })
  return personalise({ record, transportKey: plan.transportKey, profile: card })
}
