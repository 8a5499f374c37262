import { PIN_TRIES } from '../../cards/cards.ts'
import { amountForAccount } from './payment.ts'
import type { Rule, TapFacts } from './rule.ts'

/** The PIN of a card that has one: entered where the card wants it, and right. Of a card without tries left it is not looked at. */
export const PIN: readonly Rule<TapFacts>[] = [
  {
    code: 'pin_missing',
    broken: (facts) => {
      const { pin } = facts.card
      return pin !== null && facts.payload.pinData === null && amountForAccount(facts) >= pin.from
    },
  },
  {
    code: 'pin_tries_exceeded',
    broken: ({ payload, card }) => payload.pinData !== null && card.pin?.tries === 0,
  },
  { code: 'pin_wrong', broken: ({ pin }) => pin?.ok === false && pin.reason === 'pin_wrong' },
  { code: 'pin_unreadable', broken: ({ pin }) => pin?.ok === false },
]

/** Tries that are left after this PIN: all after a right one, one less after a wrong one; null when none was verified. */
export function triesAfter({ pin, card }: TapFacts): number | null {
  if (pin === null || card.pin === null) return null
  if (pin.ok) return PIN_TRIES
  return pin.reason === 'pin_wrong' ? card.pin.tries - 1 : null
}
