import { describeCommand, describeResponse, type Line } from '../../../protocols/emv/describe.ts'
import type { CardLists } from './card-lists.ts'
import type { Content, Detail, Event } from './row.ts'

/** The data objects a reader looks for first, by tag, with the short names that the field uses. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '50': 'label',
  '5A': 'PAN',
  '5F24': 'expires',
  C1: 'wallet',
  '82': 'AIP',
  '94': 'AFL',
  '9F02': 'amount',
  '5F2A': 'currency',
  '9F37': 'UN',
  DF01: 'receiver',
  '95': 'TVR',
  '9B': 'TSI',
  '9F34': 'CVM results',
  '9F36': 'ATC',
  '9F27': 'CID',
  '9F26': 'cryptogram',
}

const SUCCESS = '9000'

/** One command of the terminal with the card's answer, as redacted as the journal. `lists`: of the commands before, in their order. */
export function apduRow({ command, response, error }: Event<'apdu'>, lists: CardLists): Content {
  const sent = describeCommand(command, lists.next(command))
  const answered = response === null ? [] : describeResponse(command, response)
  lists.learn(answered)
  const result = response === null ? (error ?? 'no answer') : statusOf(answered)
  return {
    from: 'pos',
    to: 'card',
    what: titleOf(sent),
    result,
    mood: result === SUCCESS ? 'good' : 'bad',
    gist: gistOf([...sent, ...answered]),
    details: [
      { form: 'decoded', title: 'Command', raw: command, lines: sent },
      ...(response === null
        ? []
        : [{ form: 'decoded', title: 'Response', raw: response, lines: answered } as const]),
    ],
  }
}

/** Data objects that stand in a body in hexadecimal, such as a payment request's template 77. */
export function decodedData(title: string, hex: string): Detail {
  // They are a response's data in all but the status word.
  const [, ...lines] = describeResponse('', `${hex}9000`)
  return { form: 'decoded', title, raw: null, lines }
}

function titleOf([title, name]: readonly Line[]): string {
  if (title === undefined) return 'command'
  // A selection is told by what it selects; every other command by its parameters.
  const object = name?.name.startsWith('84 ') ? (name.meaning ?? name.hex) : title.meaning
  return [title.name, object].filter(Boolean).join(' ')
}

function statusOf([status]: readonly Line[]): string | null {
  if (status === undefined) return null
  return status.hex === SUCCESS ? SUCCESS : (status.meaning ?? status.name)
}

function gistOf(lines: readonly Line[]): string[] {
  const pieces = lines.flatMap(({ name, hex, meaning }) => {
    const short = SHORT_NAMES[name.split(' ', 1)[0] ?? '']
    return short === undefined || hex === '' ? [] : [`${short} ${meaning ?? hex}`]
  })
  return [...new Set(pieces)]
}
