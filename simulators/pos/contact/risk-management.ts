import { getData } from '../../../protocols/apdu/commands.ts'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { panOf } from '../emv/card-keys.ts'
import { done, type Step } from '../step.ts'
import type { ContactContext } from './context.ts'
import { primitiveOf } from './get-data.ts'

const STEP = 'Terminal risk management'
const TO_BE_PERFORMED = 0x08

/** Terminal risk management, EMV 4.4 Book 3, 10.6. */
export async function manageTerminalRisk(context: ContactContext): Promise<Step<null>> {
  const { data, tvr, tsi, transaction, note } = context
  if (isOnExceptionFile(context)) tvr.set('exceptionFile')
  if (transaction.merchantForcesOnline) tvr.set('merchantForcedOnline')
  const [aip = 0] = data.require('82')
  if ((aip & TO_BE_PERFORMED) === 0) {
    note(STEP, 'the card does not ask for it')
    return done(null)
  }
  checkFloorLimit(context)
  selectAtRandom(context)
  const checked = await checkVelocity(context)
  if (!checked.done) return checked
  tsi.set('terminalRiskManaged')
  return done(null)
}

/** Book 4, 6.3.5: by account number, and by sequence number where the list has one. */
function isOnExceptionFile({ data, settings }: ContactContext): boolean {
  const pan = panOf(data)
  const sequence = toHex(data.get('5F34') ?? new Uint8Array())
  return settings.exceptionFile.some(
    (entry) => entry.pan === pan && (entry.sequence === undefined || entry.sequence === sequence),
  )
}

/** 10.6.1; this terminal keeps no log of earlier amounts of the same card. */
function checkFloorLimit({ application, transaction, tvr, note }: ContactContext): void {
  const exceeded = transaction.amount >= BigInt(application.floorLimit)
  note(
    STEP,
    `amount ${transaction.amount}, floor limit ${application.floorLimit}${exceeded ? ': exceeded' : ''}`,
  )
  if (exceeded) tvr.set('floorLimitExceeded')
}

/** Random transaction selection, 10.6.2: biased towards larger amounts above the threshold. */
function selectAtRandom({ application, transaction, type, deps, tvr, note }: ContactContext): void {
  const amount = Number(transaction.amount)
  if (!type.canGoOnline || amount >= application.floorLimit) return
  const limit = targetPercentage(application, amount)
  const drawn = 1 + (new DataView(deps.random(4).slice().buffer).getUint32(0) % 99)
  note(STEP, `random number ${drawn}, selected up to ${limit}`)
  if (drawn <= limit) tvr.set('randomlySelected')
}

function targetPercentage(
  { randomSelection, floorLimit }: ContactContext['application'],
  amount: number,
): number {
  const { target, maximum, threshold } = randomSelection
  if (amount < threshold) return target
  return target + Math.floor(((maximum - target) * (amount - threshold)) / (floorLimit - threshold))
}

/** Velocity checking, 10.6.3: only when the card has both limits. */
async function checkVelocity(context: ContactContext): Promise<Step<null>> {
  const { data, tvr, note } = context
  const [lower] = data.get('9F14') ?? []
  const [upper] = data.get('9F23') ?? []
  if (lower === undefined || upper === undefined) return done(null)
  const atc = await readCounter(context, '9F36')
  if (!atc.done) return atc
  const lastOnline = await readCounter(context, '9F13')
  if (!lastOnline.done) return lastOnline
  const since = (atc.value ?? 0) - (lastOnline.value ?? 0)
  const known = atc.value !== null && lastOnline.value !== null && since > 0
  note(
    STEP,
    known
      ? `${since} transactions since the last online one, limits ${lower} and ${upper}`
      : 'counters cannot be told',
  )
  if (!known || since > lower) tvr.set('lowerOfflineLimitExceeded')
  if (!known || since > upper) tvr.set('upperOfflineLimitExceeded')
  if (lastOnline.value === 0) tvr.set('newCard')
  return done(null)
}

/** A counter of 2 bytes; null when the card does not tell it. */
async function readCounter({ session, data }: ContactContext, tag: string): Promise<Step<number | null>> {
  const answer = await session.send(`GET DATA ${tag}`, getData(tag))
  if (!answer.done) return answer
  const value = primitiveOf(answer.value, tag, 2)
  if (value === null) return done(null)
  data.learn(tag, value)
  return done(((value[0] ?? 0) << 8) | (value[1] ?? 0))
}
