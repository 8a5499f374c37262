import { listReaders, PcscReader } from '../../hardware/pcsc/pcsc-reader.ts'
import { describeCommand, describeResponse } from '../../protocols/emv/describe.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { type ApduRecord, CardSession } from '../../simulators/pos/card-session.ts'
import { loadTerminalProfile } from '../../simulators/pos/profile.ts'
import { surveyCard } from '../../simulators/pos/survey.ts'
import { ConfigurationError } from '../../steps/bench/profile.ts'
import { BenchClock } from '../../steps/bench-clock.ts'
import { EXIT } from '../lib/exit.ts'
import { lineText } from '../lib/lines.ts'

const WAIT_MS = 3_000
const APDU_MS = 10_000

/** Prints all that a card in a PC/SC reader lets be read, decoded; exit code 1 when there is no card. */
export async function cardRead({ reader: name, json }: { reader?: string; json?: boolean }): Promise<number> {
  const reader = new PcscReader({ name: name ?? onlyReader() })
  const clock = new BenchClock()
  try {
    const opened = await CardSession.open(reader, {
      clock,
      journal: silentJournal,
      waitMs: WAIT_MS,
      apduMs: APDU_MS,
    })
    if (!opened.done) {
      process.stderr.write(`tapbench: ${reader.name}: ${opened.outcome.reason}\n`)
      return EXIT.unexpected
    }
    const { aids } = await loadTerminalProfile('default')
    await surveyCard(opened.value, aids)
    await opened.value.close()
    print(reader.name, opened.value.apdus, json === true)
    return EXIT.done
  } finally {
    reader.close()
    clock.close()
  }
}

function onlyReader(): string {
  const readers = listReaders()
  const [first] = readers
  if (first !== undefined && readers.length === 1) return first
  const names = readers.map((name) => `"${name}"`).join(', ') || 'none'
  throw new ConfigurationError(`expected --reader NAME, one of: ${names}`)
}

function print(reader: string, apdus: readonly ApduRecord[], json: boolean): void {
  const decoded = apdus.map(({ command, response, us }) => ({
    command,
    response,
    us,
    decoded: [...describeCommand(command), ...(response === null ? [] : describeResponse(command, response))],
  }))
  if (json) process.stdout.write(`${JSON.stringify({ reader, apdus: decoded }, null, 2)}\n`)
  else
    process.stdout.write(
      `${reader}\n\n${decoded.map(({ decoded }) => decoded.map(lineText).join('')).join('\n')}`,
    )
}
