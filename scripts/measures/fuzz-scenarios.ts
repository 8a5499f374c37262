import { fromHex } from '../../protocols/bytes/bytes.ts'
import { encodeTlv } from '../../protocols/tlv/tlv.ts'
import type { CardImage } from '../../simulators/card/image.ts'
import { type ScriptLine, TestIssuer } from '../../simulators/card/testing/test-issuer.ts'
import { silentCardholder } from '../../simulators/pos/emv/cardholder.ts'
import { noIssuer, type Online, type OnlineAnswer } from '../../simulators/pos/emv/online.ts'
import type { EmvRequest } from '../../simulators/pos/kernel-phase.ts'

const RIGHT_PIN = '1234'
const WRONG_PIN = '9999'
/** Script template before and after the second GENERATE AC, EMV 4.4 Book 3, 10.10. */
const BEFORE = '71'
const AFTER = '72'

/** What an issuer lets a card do, or whoever stands before the terminal does. */
interface Scenario {
  decision?: OnlineAnswer['decision']
  /** Sent as template 71 or 72. */
  scripts?: { template: string; lines: readonly ScriptLine[] }
  pin?: string
}

const putData: ScriptLine = { header: 'DA9F14', data: '09' }
/** Protected as it should be, and longer than the value that it replaces. */
const wrongLength: ScriptLine = { header: 'DA9F14', data: '0909' }
const unblockPin: ScriptLine = { header: '240000', data: '' }
const blockApplication: ScriptLine = { header: '1E0000', data: '' }
const unblockApplication: ScriptLine = { header: '180000', data: '' }
const blockCard: ScriptLine = { header: '160000', data: '' }
const updateRecord: ScriptLine = { header: 'DC0114', data: '70045F200141' }

const SCENARIOS: readonly Scenario[] = [
  {},
  { decision: 'approve', pin: RIGHT_PIN },
  { decision: 'approve', pin: WRONG_PIN, scripts: { template: BEFORE, lines: [putData, unblockPin] } },
  { decision: 'approve', scripts: { template: AFTER, lines: [updateRecord, { pin: '54321' }] } },
  { decision: 'approve', scripts: { template: BEFORE, lines: [blockApplication, unblockApplication] } },
  { decision: 'approve', scripts: { template: AFTER, lines: [blockApplication, wrongLength] } },
  { decision: 'decline', scripts: { template: AFTER, lines: [blockCard] } },
  { decision: 'unable' },
]

/** What a terminal meets beside a card: every way that an issuer answers, with the card's own keys where it has EMV's. */
export function emvRequestsFor(image: CardImage): EmvRequest[] {
  if (image.emv === undefined) return [{}]
  const issuer = new TestIssuer(image)
  return SCENARIOS.map((scenario) => ({
    online: scenario.decision === undefined ? noIssuer : answering(issuer, scenario.decision, scenario),
    cardholder: scenario.pin === undefined ? silentCardholder : entering(scenario.pin),
  }))
}

function entering(pin: string): NonNullable<EmvRequest['cardholder']> {
  return {
    offlinePin: async () => ({ kind: 'entered', pin }),
    onlinePin: async () => ({ kind: 'entered', pinData: fromHex('0102030405060708') }),
  }
}

function answering(issuer: TestIssuer, decision: OnlineAnswer['decision'], { scripts }: Scenario): Online {
  return async ({ data }) => {
    const arqc = {
      cryptogram: data.require('9F26'),
      atc: data.require('9F36'),
      unpredictableNumber: data.require('9F37'),
    }
    const commands = scripts === undefined ? [] : issuer.script(arqc, scripts.lines)
    const template = (commands: Uint8Array[]) =>
      encodeTlv(
        scripts?.template ?? BEFORE,
        commands.map((command) => encodeTlv('86', command)),
      )
    return {
      decision,
      responseCode: decision === 'approve' ? '00' : '05',
      issuerAuthenticationData: issuer.approval(arqc),
      scripts: commands.length === 0 ? [] : [template(commands)],
      code: decision === 'approve' ? null : 'issuer_declined',
    }
  }
}
