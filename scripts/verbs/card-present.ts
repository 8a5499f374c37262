import { silentJournal } from '../../protocols/journal/journal.ts'
import { personalise } from '../../simulators/card/personalisation.ts'
import { type CardProfile, loadCardProfile } from '../../simulators/card/profile.ts'
import { loadRecording, type Recording, recordingFile } from '../../simulators/card/recording/recording.ts'
import { isTestProfile, personaliseTestCard } from '../../simulators/card/test-card.ts'
import { algorithmOf } from '../../steps/bench/card-algorithm.ts'
import { type CardSlot, openSlot } from '../../steps/bench/card-slot.ts'
import { type Closer, closing, withClosers } from '../../steps/bench/closer.ts'
import { embeddedPlan, WALLET_HOST } from '../../steps/bench/embedded-plan.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { OutsideIssuer } from '../../steps/bench/issuer/outside-issuer.ts'
import type { ExternalIssuer } from '../../steps/bench/issuer/schema.ts'
import { loadProfile, type Profile } from '../../steps/bench/profile.ts'
import { startIssuer } from '../../steps/bench/threads/issuer.ts'
import type { PartOptions } from '../../steps/bench/threads/part-options.ts'
import { BenchClock } from '../../steps/bench-clock.ts'
import { untilInterrupted } from '../lib/interrupt.ts'

/** Puts a freshly personalised card, one that the profile's issuer has handed over, or one that replays a recording, into a virtual reader until Ctrl-C. One line says where, once the card can be used. */
export function cardPresent(name: string, { profile }: { profile: string }): Promise<never> {
  const card = recordingFile(name) === null ? loadCardProfile(name) : loadRecording(name)
  const bench = loadProfile(profile, process.env)
  return withClosers((closers) => untilInterrupted(() => present(card, bench, closers)))
}

async function present(card: CardProfile | Recording, profile: Profile, closers: Closer[]): Promise<void> {
  const { path: directory } = await closing(closers, temporaryFolder())
  const clock = new BenchClock()
  closers.push(() => clock.close())
  const parts = { profile, directory, clock, closers }
  const slot = await closing(closers, openSlot('pcsc', directory, clock))
  // What the card could not answer is told in the end; closers run the last first.
  closers.push(async () => {
    for (const note of await slot.notes()) process.stderr.write(`tapbench: ${note}\n`)
  })
  await slot.insert('title' in card ? card : await makeCard(card, parts, slot))
  // pcscd looks for cards every 400 ms: only a connection shows that it has seen this one.
  const connection = await slot.reader.connect(5_000)
  await connection.disconnect()
  process.stdout.write(
    `card "${'title' in card ? card.title : card.name}" is in reader "${slot.reader.name}"; PCSCLITE_CSOCK_NAME=${slot.socket}\n`,
  )
}

type Parts = Pick<PartOptions, 'profile' | 'directory' | 'clock' | 'closers'>

function makeCard(card: CardProfile, parts: Parts, slot: CardSlot) {
  if (isTestProfile(card)) return personaliseTestCard(card)
  const { customerAse } = parts.profile
  return customerAse.socket === 'external' ? handedOver(card, customerAse, parts, slot) : issue(card, parts)
}

/** A card that the issuer of somebody else has handed over, which counts on where it was. */
async function handedOver(card: CardProfile, from: ExternalIssuer, { closers }: Parts, slot: CardSlot) {
  const issuer = await OutsideIssuer.open(from, closers)
  closers.push(() => issuer.countOn(slot))
  return issuer.anyCard(card, slot)
}

async function issue(card: CardProfile, parts: Parts) {
  const plan = await embeddedPlan()
  const { ase } = await startIssuer({ ...parts, plan, journal: silentJournal })
  const account = await ase.openAccount({
    walletAddress: `https://${WALLET_HOST}/holder`,
    walletAddressId: 'none: no Rafiki is asked',
    assetCode: 'EUR',
    assetScale: 2,
    balance: 0n,
  })
  // No terminal asks this issuer: the card has no PIN, and no letter goes with it.
  const { pinMailer: _, ...record } = await ase.issueCard({
    accountId: account.id,
    algorithm: algorithmOf(card),
  })
  return personalise({ record, transportKey: plan.transportKey, profile: card })
}
