import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { cvc3, cvc3Digits, ivCvc3 } from '../../protocols/emv/cryptograms/dynamic-values.ts'
import { iccMasterKey } from '../../protocols/emv/keys/master-key.ts'
import type { CardProfile } from '../../simulators/card/profile.ts'
import { personaliseTestCard } from '../../simulators/card/test-card.ts'
import type { OnlineMessage } from './test-issuer.ts'

/** Of a track: its data, where the code stands, where number and counter stand, digits of the counter (Book C-2, Annex A). */
const TRACKS = {
  '1': { data: '56', code: '9F62', numbers: '9F63', counter: '9F64', read: track1 },
  '2': { data: '9F6B', code: '9F65', numbers: '9F66', counter: '9F67', read: track2 },
} as const

export type TrackNumber = keyof typeof TRACKS

/** Digits of a track that change with each transaction: CVC3, unpredictable number, transaction counter, and how long the number is. */
export interface DynamicDigits {
  code: string
  number: string
  counter: string
  length: string
}

/** What the terminal sent on a track, read as its issuer reads it. */
export function sentDigits({ data }: OnlineMessage, card: CardProfile, track: TrackNumber): DynamicDigits {
  const { read, data: tag, code } = TRACKS[track]
  const digits = read(toldOf(data, tag))
  const { numberPlaces, counterPlaces } = placesOf(card, track)
  const at = (places: readonly number[]) => places.map((place) => digits[digits.length - 1 - place]).join('')
  return {
    code: at(bits(card, code)),
    number: at(numberPlaces),
    counter: at(counterPlaces),
    length: digits.slice(-1),
  }
}

/** What the card's issuer expects there: the code over the number that was sent and the counter of the message. */
export function expectedDigits(message: OnlineMessage, card: CardProfile, track: TrackNumber): DynamicDigits {
  const { data: tag, code } = TRACKS[track]
  const { number } = sentDigits(message, card, track)
  const atc = toldOf(message.data, '9F36')
  const key = masterKeyOf(card)
  const iv = ivCvc3(key, fromHex(personaliseTestCard(card).personalised[tag] ?? ''))
  const value = cvc3(key, iv, fromHex(number.padStart(8, '0')), atc)
  const last = (text: string, length: number) => (length === 0 ? '' : text.slice(-length))
  const { counterPlaces } = placesOf(card, track)
  return {
    code: last(cvc3Digits(value), bits(card, code).length),
    number,
    counter: last(String(Number.parseInt(toHex(atc), 16)).padStart(8, '0'), counterPlaces.length),
    length: String(number.length),
  }
}

function toldOf(data: OnlineMessage['data'], tag: string): Uint8Array {
  const value = data.get(tag)
  if (value === undefined) throw new Error(`expected the issuer to be told ${tag}, it was not`)
  return value
}

function placesOf(card: CardProfile, track: TrackNumber) {
  const { numbers, counter } = TRACKS[track]
  const places = bits(card, numbers)
  const most = Number.parseInt(dataOf(card, counter), 16)
  // The counter stands to the left of the number.
  return { counterPlaces: places.slice(0, most), numberPlaces: places.slice(most) }
}

/** Places of a bitmap's bits, the leftmost first; 0 is the rightmost digit. */
function bits(card: CardProfile, tag: string): number[] {
  const text = BigInt(`0x${dataOf(card, tag)}`).toString(2)
  return [...text].flatMap((bit, index) => (bit === '1' ? [text.length - 1 - index] : []))
}

function dataOf({ name, applications: [first] }: CardProfile, tag: string): string {
  const value = first?.data[tag]
  if (value === undefined) throw new Error(`expected card profile ${name} to have ${tag}`)
  return value
}

function masterKeyOf({ name, testKeys, holder }: CardProfile): Uint8Array {
  if (testKeys?.cvc3 === undefined || holder.pan === undefined)
    throw new Error(`expected card profile ${name} to have a key for CVC3 and a PAN`)
  return iccMasterKey('A', fromHex(testKeys.cvc3), holder.pan, holder.sequence)
}

// ISO/IEC 7813: discretionary data follow expiry (4 digits) and service code (3).
function track1(value: Uint8Array): string {
  return (Buffer.from(value).toString('latin1').split('^')[2] ?? '').slice(7)
}

function track2(value: Uint8Array): string {
  return (toHex(value).split('D')[1] ?? '').replace('F', '').slice(7)
}
