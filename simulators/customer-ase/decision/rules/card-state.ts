import type { CardState } from '../../cards/cards.ts'
import type { PayerCard } from '../payer.ts'
import type { Rule } from './rule.ts'

const is =
  (...states: CardState[]) =>
  (card: PayerCard) =>
    states.includes(card.state)

export const CARD_STATE: readonly Rule<PayerCard>[] = [
  { code: 'card_inactive', broken: is('ORDERED', 'INACTIVE') },
  { code: 'card_frozen', broken: is('FROZEN') },
  { code: 'card_terminated', broken: is('TERMINATED') },
]
