import { parseCommand } from '../../../protocols/apdu/command.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { concat, toHex } from '../../../protocols/bytes/bytes.ts'
import { parseTlv, type Tlv } from '../../../protocols/tlv/tlv.ts'
import { done, reading, type Step } from '../step.ts'
import type { ContactContext } from './context.ts'

/** Issuer Script Results byte 1, EMV 4.4 Book 4, A5: outcome in the high half, number of the failed command in the low one. */
const FAILED = 0x10
const SUCCESSFUL = 0x20
const MOST_NUMBERED = 0x0f

const STEP = 'Issuer script processing'
/** SW1 of a command that went well or with a warning, Book 3, 10.10. */
const GOOD = [0x90, 0x62, 0x63]

/** When a script runs: template 71 before the second GENERATE AC, template 72 after it. */
export type ScriptPhase = '71' | '72'

/** Runs the scripts of one phase, EMV 4.4 Book 3, 10.10: results into the context, failures into the TVR. */
export async function processScripts(
  context: ContactContext,
  scripts: readonly Uint8Array[],
  phase: ScriptPhase,
): Promise<Step<null>> {
  const { tvr, tsi, note, scriptResults } = context
  for (const bytes of scripts) {
    const template = templateIn(bytes)
    if (template?.tag !== phase) continue
    tsi.set('scriptProcessed')
    const failedAt = await runScript(context, template)
    if (!failedAt.done) return failedAt
    const [low, words] =
      failedAt.value === null ? [SUCCESSFUL, 'successful'] : [FAILED + failedAt.value, 'failed']
    const result = toHex(concat(Uint8Array.of(low), scriptId(template)))
    scriptResults.push(result)
    note(STEP, `script ${phase}: ${words}, results ${result}`)
    if (failedAt.value !== null) tvr.set(phase === '71' ? 'scriptFailedBefore' : 'scriptFailedAfter')
  }
  return done(null)
}

/** Null when every command went well, else the number of the one that did not (0 when none could be read). */
async function runScript(context: ContactContext, template: Tlv): Promise<Step<number | null>> {
  const commands = (template.children ?? []).filter(({ tag }) => tag === '86')
  for (const [index, { value }] of commands.entries()) {
    const number = Math.min(index + 1, MOST_NUMBERED)
    const command = reading('issuer script command', () => parseCommand(value))
    if (!command.done) return done(number)
    const answer = await context.session.send(`issuer script command ${number}`, command.value)
    if (!answer.done) return answer
    context.note(STEP, `command ${number}: ${describeStatus(answer.value.sw)}`)
    if (!GOOD.includes(answer.value.sw >> 8)) return done(number)
  }
  return done(commands.length === 0 ? 0 : null)
}

/** 9F18, 4 bytes; zeros when the script has none. */
function scriptId(template: Tlv): Uint8Array {
  const id = (template.children ?? []).find(({ tag }) => tag === '9F18')?.value
  return id?.length === 4 ? id : new Uint8Array(4)
}

function templateIn(bytes: Uint8Array): Tlv | null {
  const read = reading('issuer script', () => parseTlv(bytes))
  return (read.done && read.value[0]) || null
}
