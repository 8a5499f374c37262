import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { personalise } from '../../simulators/card/personalisation.ts'
import { type CardProfile, loadCardProfile } from '../../simulators/card/profile.ts'
import { loadRecording, recordingFile } from '../../simulators/card/recording/recording.ts'
import { isTestProfile, personaliseTestCard } from '../../simulators/card/test-card.ts'
import { algorithmOf } from '../../steps/bench/bench.ts'
import { openSlot } from '../../steps/bench/card-slot.ts'
import { type Closer, closeAll, closing } from '../../steps/bench/closer.ts'
import { makePlan, WALLET_HOST } from '../../steps/bench/plan.ts'
import { loadProfile } from '../../steps/bench/profile.ts'
import { startIssuer } from '../../steps/bench/side/parts.ts'
import { BenchClock } from '../../steps/bench-clock.ts'
import { EXIT } from '../lib/exit.ts'
import { interrupted } from '../lib/interrupt.ts'

/** Puts a freshly personalised card, or one that replays a recording, into a virtual reader until Ctrl-C. One line says where, once the card can be used. */
export async function cardPresent(name: string, { profile: bench }: { profile: string }): Promise<number> {
  const end = interrupted()
  const recording = recordingFile(name) === null ? null : loadRecording(name)
  const closers: Closer[] = []
  try {
    const directory = await mkdtemp(join(tmpdir(), 'tapbench-'))
    closers.push(() => rm(directory, { recursive: true, force: true }))
    const card = recording ?? (await makeCard(loadCardProfile(name), bench, directory, closers))
    const clock = new BenchClock()
    const slot = await closing(closers, openSlot('pcsc', directory, clock))
    await slot.insert(card)
    // pcscd looks for cards every 400 ms: only a connection shows that it has seen this one.
    const connection = await slot.reader.connect(5_000)
    await connection.disconnect()
    process.stdout.write(
      `card "${recording?.title ?? name}" is in reader "${slot.reader.name}"; PCSCLITE_CSOCK_NAME=${slot.socket}\n`,
    )
    await end
    for (const note of await slot.notes()) process.stderr.write(`tapbench: ${note}\n`)
    return EXIT.done
  } finally {
    await closeAll(closers)
  }
}

function makeCard(profile: CardProfile, bench: string, directory: string, closers: Closer[]) {
  return isTestProfile(profile) ? personaliseTestCard(profile) : issue(profile, bench, directory, closers)
}

async function issue(profile: CardProfile, bench: string, directory: string, closers: Closer[]) {
  const clock = new BenchClock()
  const plan = await makePlan()
  const customerAse = await startIssuer({
    plan,
    profile: loadProfile(bench, process.env),
    directory,
    clock,
    journal: silentJournal,
    closers,
  })
  const account = await customerAse.openAccount({
    walletAddress: `https://${WALLET_HOST}/holder`,
    walletAddressId: 'none: no Rafiki is asked',
    assetCode: 'EUR',
    assetScale: 2,
    balance: 0n,
  })
  const record = await customerAse.issueCard({ accountId: account.id, algorithm: algorithmOf(profile) })
  return personalise({ record, transportKey: plan.transportKey, profile })
}
