import { PcscReader } from '../../hardware/pcsc/pcsc-reader.ts'
import { describeCommand, describeResponse } from '../../protocols/emv/describe.ts'
import type { ApduRecord } from '../../simulators/pos/card-session.ts'
import { BenchClock } from '../../steps/bench-clock.ts'
import { EXIT } from '../lib/exit.ts'
import { lineText } from '../lib/lines.ts'
import { onlyReader } from '../lib/only-reader.ts'
import { survey } from '../lib/survey.ts'

/** Prints all that a card in a PC/SC reader lets be read, decoded; exit code 1 when there is no card. */
export async function cardRead({ reader: name, json }: { reader?: string; json?: boolean }): Promise<number> {
  const reader = new PcscReader({ name: name ?? onlyReader() })
  const clock = new BenchClock()
  try {
    const read = await survey(reader, clock)
    if (!read.done) {
      process.stderr.write(`tapbench: ${reader.name}: ${read.outcome.reason}\n`)
      return EXIT.unexpected
    }
    process.stdout.write(json ? surveyDocument(reader.name, read.value) : surveyText(reader.name, read.value))
    return EXIT.done
  } finally {
    reader.close()
    clock.close()
  }
}

/** All commands and answers in words. */
export function surveyText(reader: string, apdus: readonly ApduRecord[]): string {
  const blocks = apdus.map((apdu) => linesOf(apdu).map(lineText).join(''))
  return `${reader}\n\n${blocks.join('\n')}`
}

function surveyDocument(reader: string, apdus: readonly ApduRecord[]): string {
  return `${JSON.stringify({ reader, apdus: apdus.map((apdu) => ({ ...apdu, decoded: linesOf(apdu) })) }, null, 2)}\n`
}

function linesOf({ command, response }: ApduRecord) {
  return [...describeCommand(command), ...(response === null ? [] : describeResponse(command, response))]
}
