import { type ContactLane, openContactLane } from './contact-lane.ts'
import { rawRsa } from './raw-rsa.ts'
import { serve } from './team.ts'

/** So many whole transactions, or so many times their RSA alone. */
export interface ContactWork {
  what: 'transactions' | 'raw RSA'
  count: number
}

let lane: Promise<ContactLane> | null = null
const raw = rawRsa()

/** Answers when all is done. */
serve<ContactWork, null>(async ({ what, count }) => {
  lane ??= openContactLane()
  const { transact } = await lane
  for (let done = 0; done < count; done++) what === 'raw RSA' ? raw() : await transact()
  return null
})
