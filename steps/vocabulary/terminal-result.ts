import { Then } from '@cucumber/cucumber'
import { parseCommand } from '../../protocols/apdu/command.ts'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { BITS, bitWords } from '../../protocols/emv/bits.ts'
import { parseDol, splitDol } from '../../protocols/tlv/dol.ts'
import type { TapResult } from '../../simulators/pos/tap-result.ts'
import { textsFor } from '../emv/unsigned.ts'
import type { TapWorld } from '../world.ts'

type Kernel = NonNullable<TapResult['kernel']>

/** Outcome of Book A: Approved, Declined, EndApplication, … */
Then('the kernel ends with {string}', function (this: TapWorld, outcome: string) {
  const { outcome: came, reason } = kernelOf(this)
  if (came !== outcome) throw new Error(`expected ${outcome}, the kernel ended with ${came}: ${reason}`)
})

Then('the kernel says {string}', function (this: TapWorld, words: string) {
  const { outcome, reason } = kernelOf(this)
  if (!reason.includes(words)) throw new Error(`expected "${words}", the kernel says ${outcome}: ${reason}`)
})

Then('the TVR is {string}', function (this: TapWorld, hex: string) {
  equals('TVR', hex, kernelOf(this).tvr, '95')
})

Then('the TSI is {string}', function (this: TapWorld, hex: string) {
  equals('TSI', hex, kernelOf(this).tsi, '9B')
})

Then('the CVM results are {string}', function (this: TapWorld, hex: string) {
  equals('CVM results', hex, kernelOf(this).cvmResults ?? 'none')
})

/** Words as the journal and `tapbench decode` have them. */
Then('the TVR has {string}', function (this: TapWorld, word: string) {
  has('95', kernelOf(this).tvr, word, true)
})

Then('the TVR does not have {string}', function (this: TapWorld, word: string) {
  has('95', kernelOf(this).tvr, word, false)
})

Then('the TSI has {string}', function (this: TapWorld, word: string) {
  has('9B', kernelOf(this).tsi, word, true)
})

Then('the TSI does not have {string}', function (this: TapWorld, word: string) {
  has('9B', kernelOf(this).tsi, word, false)
})

/** What terminal action analysis came to, before the first GENERATE AC. */
Then(/^the terminal asks for an? (TC|ARQC|AAC)$/, function (this: TapWorld, type: string) {
  const [first = 'none'] = decisions(this)
  equals('decision of the terminal', type, first)
})

/** What it came to again, when the issuer could not be asked. */
Then(/^the terminal then asks for an? (TC|AAC)$/, function (this: TapWorld, type: string) {
  const [, second = 'none'] = decisions(this)
  equals('second decision of the terminal', type, second)
})

/** In the order of GENERATE AC: `ARQC TC`. */
Then('the cryptograms of the card are {string}', function (this: TapWorld, types: string) {
  const came = this.terminalDesk.notes('Card action analysis').map((detail) => detail.split(' ')[0])
  equals('cryptograms', types, came.join(' ') || 'none')
})

Then('the issuer was asked', function (this: TapWorld) {
  if (asked(this) !== 1) throw new Error(`expected the issuer to be asked once, it was ${asked(this)} times`)
})

Then('the issuer was not asked', function (this: TapWorld) {
  if (asked(this) !== 0) throw new Error('expected the issuer not to be asked, it was')
})

/** What the online message had under a tag. */
Then('the issuer was told {word} {string}', function (this: TapWorld, tag: string, hex: string) {
  const value = this.terminalDesk.messages.at(-1)?.data.get(tag)
  equals(tag, hex, value === undefined ? 'nothing' : toHex(value))
})

Then(/^the issuer got (an|no) enciphered PIN$/, function (this: TapWorld, word: string) {
  const { hasPin } = this.terminalDesk.messages.at(-1) ?? { hasPin: false }
  if (hasPin !== (word === 'an')) throw new Error(`expected ${word} PIN for the issuer, it was the other way`)
})

/** 5 bytes a script; several with a blank between them. */
Then('the script results are {string}', function (this: TapWorld, hex: string) {
  equals('script results', hex, kernelOf(this).scriptResults.join(' ') || 'none')
})

Then('the terminal notes under {string}: {string}', function (this: TapWorld, step: string, words: string) {
  const notes = this.terminalDesk.notes(step)
  if (!notes.some((detail) => textsFor(words).some((text) => detail.includes(text))))
    throw new Error(`expected "${words}" under ${step}, got: ${notes.join(' | ') || 'nothing'}`)
})

Then('the candidate list is {string}', function (this: TapWorld, list: string) {
  const [came = 'none'] = this.terminalDesk.notes('Candidate list').slice(-1)
  equals('candidate list', list, came)
})

/** Labels, of the last time. */
Then('the cardholder was offered {string}', function (this: TapWorld, labels: string) {
  equals('applications offered', labels, this.terminalDesk.cardholder.offered.at(-1)?.join(', ') ?? 'none')
})

/** Commands by their beginning in hexadecimal. */
Then('the terminal sent {string}', function (this: TapWorld, beginning: string) {
  if (sentCommands(this, beginning).length === 0)
    throw new Error(`expected ${beginning}…, got ${headers(this)}`)
})

Then('the terminal sent {string} {int} time(s)', function (this: TapWorld, beginning: string, times: number) {
  const came = sentCommands(this, beginning).length
  if (came !== times) throw new Error(`expected ${beginning}… ${times} times, got it ${came} times`)
})

Then('the terminal did not send {string}', function (this: TapWorld, beginning: string) {
  if (sentCommands(this, beginning).length > 0)
    throw new Error(`expected no ${beginning}…, got ${headers(this)}`)
})

/** What a data object list of the card got, by tag: 8C at the first GENERATE AC, 8D at the second. */
Then(
  'GENERATE AC {int} tells the card {word} {string}',
  function (this: TapWorld, number: number, tag: string, hex: string) {
    const command = this.lastTap.apdus.filter((apdu) => apdu.command.startsWith('80AE'))[number - 1]?.command
    const list = this.terminalDesk.card.applications[0]?.data[number === 1 ? '8C' : '8D']
    if (command === undefined || list === undefined)
      throw new Error(`expected GENERATE AC ${number}, got ${headers(this)}`)
    // What is hidden in a record of commands is no value to look at.
    const { data = new Uint8Array() } = parseCommand(fromHex(command.replaceAll('*', '0')))
    const value = splitDol(parseDol(fromHex(list)), data).get(tag)
    equals(tag, hex, value === undefined ? 'nothing' : toHex(value))
  },
)

Then('the card selected is {string}', function (this: TapWorld, aid: string) {
  equals('application', aid, this.lastTap.card.aid ?? 'none')
})

function kernelOf({ lastTap }: TapWorld): Kernel {
  const { kernel, outcome } = lastTap
  if (kernel === null)
    throw new Error(`expected an EMV kernel to run, none did: ${outcome.word}, ${outcome.reason}`)
  return kernel
}

function equals(what: string, expected: string, came: string, tag?: string): void {
  if (came === expected) return
  const words = (hex: string) => (tag === undefined ? hex : `${hex} (${wordsOf(tag, hex).join(', ')})`)
  throw new Error(`expected ${what} ${words(expected)}, got ${words(came)}`)
}

function has(tag: string, hex: string, word: string, wanted: boolean): void {
  const words = wordsOf(tag, hex)
  const known = [...(BITS.get(tag)?.values() ?? [])]
  if (!known.includes(word)) throw new Error(`expected one of "${known.join('", "')}", got "${word}"`)
  if (words.includes(word) !== wanted)
    throw new Error(`expected ${wanted ? '' : 'not '}"${word}", got ${hex}: ${words.join(', ') || 'nothing'}`)
}

function wordsOf(tag: string, hex: string): string[] {
  return bitWords(BITS.get(tag) ?? new Map(), fromHex(hex))
}

function decisions({ terminalDesk }: TapWorld): string[] {
  return terminalDesk
    .notes('Terminal action analysis')
    .flatMap((detail) => /^decision: (\w+)$/.exec(detail)?.[1] ?? [])
}

function asked({ terminalDesk }: TapWorld): number {
  return terminalDesk.messages.length
}

function headers({ lastTap }: TapWorld): string {
  return lastTap.apdus.map(({ command }) => command.slice(0, 10)).join(' ')
}

function sentCommands({ lastTap }: TapWorld, beginning: string): readonly unknown[] {
  return lastTap.apdus.filter(({ command }) => command.startsWith(beginning.replaceAll(' ', '')))
}
