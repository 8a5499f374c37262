import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { toBcd } from '../../../protocols/emv/numeric.ts'
import { parseDol } from '../../../protocols/tlv/dol.ts'
import { templateOf } from '../card-data.ts'
import { computeCryptographicChecksum } from './commands.ts'
import { concludeMagStripe, concludeRefusal } from './conclusion.ts'
import { exchange, invalid, type Kernel2Context, learn, parsing } from './context.ts'
import { type Ending, go, type Phase, selectNext, stop } from './endings.ts'
import type { OutcomeCvm } from './outcome-parameters.ts'
import type { ProcessingOptions } from './processing-options.ts'
import { readRecords } from './records.ts'
import { joinTrack1, joinTrack2, splitTrack1, splitTrack2, type Track } from './track-data.ts'
import { fillDiscretionaryData, type TrackPositions, unpredictableDigits } from './track-digits.ts'
import { showing } from './user-interface.ts'

const NAME = 'COMPUTE CRYPTOGRAPHIC CHECKSUM'
const MOST_DIGITS = 8

/** The tags of a track's data, Book C-2, Annex A. */
const TRACK_1 = { data: '56', cvc3: '9F60', pcvc3: '9F62', punatc: '9F63', natc: '9F64' }
const TRACK_2 = { data: '9F6B', cvc3: '9F61', pcvc3: '9F65', punatc: '9F66', natc: '9F67' }
type TrackTags = typeof TRACK_1

/** Byte 1 bits 8 to 5 of DF811E and DF812C. */
const CVMS: ReadonlyMap<number, OutcomeCvm> = new Map<number, OutcomeCvm>([
  [0x00, 'NO CVM'],
  [0x10, 'OBTAIN SIGNATURE'],
  [0x20, 'ONLINE PIN'],
  [0xf0, 'none'],
])

/** A mag-stripe mode transaction from the processing options to its end, Book C-2, states 7, 8, 13 and 14. */
export async function runMagStripeMode(context: Kernel2Context, { afl }: ProcessingOptions): Promise<Ending> {
  const { configuration, transaction, deps } = context
  const records = await readRecords(context, afl)
  if (!records.done) return records.ending
  const digits = checkTracks(context)
  if (!digits.done) return digits.ending
  if (transaction.amount > configuration.transactionLimit)
    return selectNext(
      'MAX LIMIT EXCEEDED',
      `amount is above the contactless limit of ${configuration.transactionLimit}`,
    )
  askCardholder(context)
  const answered = await checksum(context, digits.value)
  if (!answered.done) return answered.ending
  deps.display?.(showing('clear display', 'card read successfully'))
  if (!context.data.has(TRACK_2.cvc3)) return concludeRefusal(context)
  const filled = fillTracks(context, digits.value)
  return filled.done ? concludeMagStripe(context) : filled.ending
}

/** How many digits of the unpredictable number both tracks take: nUN. */
function checkTracks(context: Kernel2Context): Phase<number> {
  const tags = context.data.has(TRACK_1.data) ? [TRACK_2, TRACK_1] : [TRACK_2]
  const missing = tags.flatMap((track) =>
    [track.data, track.pcvc3, track.punatc, track.natc].filter((tag) => !context.data.has(tag)),
  )
  if (missing.length > 0)
    return stop(invalid(context, 'CARD DATA MISSING', `the card lacks ${missing.join(' ')}`))
  const [digits = 0, ...others] = tags.map((track) => unpredictableDigits(positionsOf(context, track)))
  if (digits < 0 || digits > MOST_DIGITS || others.some((other) => other !== digits))
    return stop(
      invalid(context, 'CARD DATA ERROR', 'tracks have room for different unpredictable numbers, or none'),
    )
  return go(digits)
}

function positionsOf({ data }: Kernel2Context, { pcvc3, punatc, natc }: TrackTags): TrackPositions {
  const [atcDigits = 0] = data.require(natc)
  return { cvc3: bitmap(data.require(pcvc3)), numbers: bitmap(data.require(punatc)), atcDigits }
}

function bitmap(value: Uint8Array): bigint {
  return value.length === 0 ? 0n : BigInt(`0x${toHex(value)}`)
}

// A mag-stripe card has no CVM list: the terminal alone decides (Book C-2, S78).
function askCardholder(context: Kernel2Context): void {
  const { configuration, transaction, note } = context
  const over = transaction.amount > configuration.cvmRequiredLimit
  const [capability = 0] = over ? configuration.magStripeCvmRequired : configuration.magStripeNoCvmRequired
  context.cvm = CVMS.get(capability & 0xf0) ?? 'none'
  context.receipt = over
  note('Cardholder verification', `${context.cvm}, CVM required: ${over ? 'yes' : 'no'}`)
}

/** Unpredictable Number (Numeric), 9F6A: `digits` random decimal digits, the others 0 (Book C-2, 8.3). */
function numericUnpredictable(random: (length: number) => Uint8Array, digits: number): Uint8Array {
  const value = random(4).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  return toBcd(value % 10n ** BigInt(digits), 4)
}

async function checksum(context: Kernel2Context, digits: number): Promise<Phase<null>> {
  const { data, deps, configuration, note } = context
  data.set('9F6A', numericUnpredictable(deps.random, digits))
  const udol = data.get('9F69') ?? configuration.defaultUdol
  const list = parsing(context, 'UDOL', () => parseDol(udol))
  if (!list.done) return list
  note('Unpredictable number (numeric)', `${digits} digits${data.has('9F69') ? '' : ', default UDOL'}`)
  const answer = await exchange(context, NAME, computeCryptographicChecksum(data.build(list.value)))
  if (!answer.done) return answer
  const { sw, data: response } = answer.value
  if (sw !== 0x9000) return stop(invalid(context, 'STATUS BYTES', `${NAME}: ${describeStatus(sw)}`, sw))
  const stored = parsing(context, NAME, () => learn(data, templateOf({ data: response }, '77')))
  return stored.done ? checkAnswer(context) : stored
}

function checkAnswer(context: Kernel2Context): Phase<null> {
  const { data } = context
  if (data.get('9F36')?.length !== 2) return stop(invalid(context, 'CARD DATA MISSING', `${NAME}: no ATC`))
  // Without a checksum for track 2 the card declines; with it, it owes one for the track 1 that it has.
  if (data.has(TRACK_2.cvc3) && data.has(TRACK_1.data) && !data.has(TRACK_1.cvc3))
    return stop(invalid(context, 'CARD DATA MISSING', `${NAME}: no CVC3 for track 1`))
  return go(null)
}

function fillTracks(context: Kernel2Context, digits: number): Phase<null> {
  const { data } = context
  const fill = (tags: TrackTags, { fixed, discretionary }: Track): Track => ({
    fixed,
    discretionary: fillDiscretionaryData(discretionary, positionsOf(context, tags), {
      cvc3: data.require(tags.cvc3),
      unpredictableNumber: data.require('9F6A'),
      atc: data.require('9F36'),
      digits,
    }),
  })
  return parsing(context, 'track data', () => {
    data.set(TRACK_2.data, joinTrack2(fill(TRACK_2, splitTrack2(data.require(TRACK_2.data)))))
    if (data.has(TRACK_1.data))
      data.set(TRACK_1.data, joinTrack1(fill(TRACK_1, splitTrack1(data.require(TRACK_1.data)))))
    context.note('Dynamic track data', `CVC3, ATC and ${digits} digits of the unpredictable number put in`)
    return null
  })
}
