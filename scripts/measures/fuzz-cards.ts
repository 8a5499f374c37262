import { generateKeyPairSync } from 'node:crypto'
import type { CardImage } from '../../simulators/card/image.ts'
import { listCardProfiles, loadCardProfile } from '../../simulators/card/profile.ts'
import { isTestProfile, personaliseTestCard } from '../../simulators/card/test-card.ts'
import { imageOf, recordWith, wrapPrivate } from '../../simulators/card/testing/issue.ts'

/** Cards of these are there once more, at the end of their life. */
const WORN = ['mchip-like-contact', 'visa-like-contactless', 'interledger']
const NEARLY_LAST_ATC = 0xfffe

/** A card of every profile there is; those that only an issuer can make have a test key. */
export function everyCard(): CardImage[] {
  const cards = listCardProfiles().map(cardOf)
  const worn = cards.filter(({ profile }) => WORN.includes(profile.name))
  return [...cards, ...worn.map((image) => ({ ...image, atc: NEARLY_LAST_ATC }))]
}

function cardOf(name: string): CardImage {
  const profile = loadCardProfile(name)
  if (isTestProfile(profile)) return personaliseTestCard(profile)
  const isP256 = profile.applications.some(({ generateAc }) => generateAc.cryptogram === 'interledger-ecdsa')
  return imageOf(isP256 ? p256Record() : recordWith(), { profile })
}

function p256Record() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return recordWith({ algorithm: 'ec-p256', wrapped: wrapPrivate(privateKey) })
}
