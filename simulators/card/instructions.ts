import type { Command } from '../../protocols/apdu/command.ts'
import type { Response } from '../../protocols/apdu/response.ts'
import type { Application } from './application.ts'
import { applicationBlock } from './commands/application-block.ts'
import { applicationUnblock } from './commands/application-unblock.ts'
import { cardBlock } from './commands/card-block.ts'
import { computeCryptographicChecksum } from './commands/compute-cryptographic-checksum.ts'
import { exchangeRelayResistanceData } from './commands/exchange-relay-resistance-data.ts'
import { externalAuthenticate } from './commands/external-authenticate.ts'
import { generateAc } from './commands/generate-ac.ts'
import { getChallenge } from './commands/get-challenge.ts'
import { getData } from './commands/get-data.ts'
import { getProcessingOptions } from './commands/get-processing-options.ts'
import { internalAuthenticate } from './commands/internal-authenticate.ts'
import { pinChange, pinUnblock } from './commands/pin-change.ts'
import { putData } from './commands/put-data.ts'
import { readRecord } from './commands/read-record.ts'
import { recoverAc } from './commands/recover-ac.ts'
import { select } from './commands/select.ts'
import { updateRecord } from './commands/update-record.ts'
import { verify } from './commands/verify.ts'
import { secured } from './secured.ts'
import type { CardState, Stage } from './state.ts'

export interface Instruction {
  ins: number
  /** Class bytes that it takes: 00 of ISO/IEC 7816-4, 80 of EMV, 84 and 8C with secure messaging (EMV 4.4 Book 3, 6.3.2). */
  cla: 0x00 | 0x80 | 'secured'
  /** When it can come; else 6985. */
  stages: readonly Stage[]
  /** Whether an application has it at all. */
  has: (application: Application) => boolean
  run: (card: CardState, command: Command) => Response
}

const ANY: readonly Stage[] = ['idle', 'selected', 'initiated', 'online', 'completed']
const SELECTED: readonly Stage[] = ['selected', 'initiated', 'online', 'completed']
const SCRIPTED: readonly Stage[] = ['online', 'completed']

const ISSUER_AUTHENTICATION = 0x04

const always = () => true
const hasCardKey = ({ keys }: Application) => keys.card !== null
const hasPin = ({ profile }: Application) => profile.pin !== undefined
const hasScripts = ({ family, keys }: Application) => family !== null && keys.integrity !== null
const hasPinScripts = (application: Application) => hasPin(application) && hasScripts(application)
/** Byte 1, bit 3 of the AIP (82), EMV 4.4 Book 3, Annex C1. */
const asksForIssuer = ({ data }: Application) => ((data.get('82')?.[0] ?? 0) & ISSUER_AUTHENTICATION) !== 0

/** What the card can do, and when: its state machine. */
export const INSTRUCTIONS: readonly Instruction[] = [
  { ins: 0xa4, cla: 0x00, stages: ANY, has: always, run: select },
  { ins: 0xb2, cla: 0x00, stages: ANY, has: always, run: readRecord },
  { ins: 0xa8, cla: 0x80, stages: ['selected'], has: always, run: getProcessingOptions },
  { ins: 0xca, cla: 0x80, stages: SELECTED, has: always, run: getData },
  { ins: 0xae, cla: 0x80, stages: ['initiated', 'online'], has: always, run: generateAc },
  { ins: 0x84, cla: 0x00, stages: SELECTED, has: hasPin, run: getChallenge },
  { ins: 0x20, cla: 0x00, stages: ['initiated', 'online'], has: hasPin, run: verify },
  { ins: 0x88, cla: 0x00, stages: ['initiated'], has: hasCardKey, run: internalAuthenticate },
  { ins: 0x82, cla: 0x00, stages: ['online'], has: asksForIssuer, run: externalAuthenticate },
  {
    ins: 0xea,
    cla: 0x80,
    stages: ['initiated'],
    has: ({ profile }) => profile.relayResistance !== undefined,
    run: exchangeRelayResistanceData,
  },
  { ins: 0xd0, cla: 0x80, stages: ['initiated'], has: ({ profile }) => profile.tornLog > 0, run: recoverAc },
  {
    ins: 0x2a,
    cla: 0x80,
    stages: ['initiated'],
    has: ({ keys }) => keys.cvc3 !== null,
    run: computeCryptographicChecksum,
  },
  script(0x1e, hasScripts, secured(applicationBlock, false)),
  script(0x18, hasScripts, secured(applicationUnblock, false)),
  script(0x16, hasScripts, secured(cardBlock, false)),
  script(0x24, hasPinScripts, (card, command) => secured(...pinWork(command))(card, command)),
  script(0xda, hasScripts, secured(putData, false)),
  script(0xdc, hasScripts, secured(updateRecord, false)),
]

function script(ins: number, has: Instruction['has'], run: Instruction['run']): Instruction {
  return { ins, cla: 'secured', stages: SCRIPTED, has, run }
}

/** Only a new PIN is enciphered: unblocking has no data. */
function pinWork({ p2 }: Command): Parameters<typeof secured> {
  return p2 === 0x00 ? [pinUnblock, false] : [pinChange, true]
}
