import { LoopbackReader } from '../../hardware/pcsc/loopback-reader.ts'
import { RecordingReader } from '../../hardware/pcsc/recording-reader.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import { commandTitle } from '../../protocols/emv/describe.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { loadRecording, type Recording, recordingFile } from '../../simulators/card/recording/recording.ts'
import { ReplayCard } from '../../simulators/card/recording/replay-card.ts'
import { ConfigurationError } from '../../steps/bench/profile.ts'
import { BenchClock } from '../../steps/bench-clock.ts'
import { EXIT } from '../lib/exit.ts'
import { tapAlone } from '../lib/lone-terminal.ts'
import { survey } from '../lib/survey.ts'

/** What a replay came to, commands in words. */
export interface Replayed {
  commands: string[]
  /** Not in the recording. */
  unknown: readonly string[]
  /** In the recording, and not sent this time. */
  missed: readonly string[]
}

/**
 * Lets this terminal do with a recorded card what was done with it then; exit code 1 when it now asks something else. What another terminal
 * asked in its session is only told.
 */
export async function cardReplay(nameOrPath: string): Promise<number> {
  if (recordingFile(nameOrPath) === null)
    throw new ConfigurationError(`expected a recording of fixtures/recordings or a path, got "${nameOrPath}"`)
  const recording = loadRecording(nameOrPath)
  const clock = new BenchClock()
  try {
    const replayed = await replay(recording, clock)
    process.stdout.write(replayText(recording, replayed))
    return recording.kind === 'session' || isSame(replayed) ? EXIT.done : EXIT.unexpected
  } finally {
    clock.close()
  }
}

/** Whether everything went as it was recorded. */
export function isSame({ unknown, missed }: Replayed): boolean {
  return unknown.length === 0 && missed.length === 0
}

/** Runs the survey or the transaction of a recording against the card that replays it: same moment, amount and unpredictable number. */
export async function replay(recording: Recording, clock: Clock): Promise<Replayed> {
  const card = new ReplayCard(recording)
  const loopback = new LoopbackReader('Tapbench Replay', clock)
  loopback.insert(card)
  const reader = new RecordingReader(loopback)
  if (recording.terminal === null) await survey(reader, clock)
  else await tapAlone(reader, recording.terminal, { clock, journal: silentJournal })
  return {
    commands: reader.session.exchanges.map(({ command }) => commandTitle(command)),
    unknown: card.notes,
    missed: card.unasked,
  }
}

function replayText({ title }: Recording, { commands, unknown, missed }: Replayed): string {
  const lines = [
    title,
    ...commands.map((command) => `  ${command}`),
    ...unknown.map((note) => `! ${note}`),
    ...missed.map((command) => `! not sent this time: ${command}`),
  ]
  return `${lines.join('\n')}\n`
}
