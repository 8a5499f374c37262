import type { Journal } from '../../protocols/journal/journal.ts'
import type { Behaviour } from './config.ts'
import type { CustomerRafiki } from './rafiki/customer-rafiki.ts'
import { type RafikiEvent, readOutgoingPayment } from './webhooks/event.ts'

type Deed = Exclude<Behaviour['afterwards'], 'nothing'>

const DEEDS: Record<Deed, (rafiki: CustomerRafiki, paymentId: string) => Promise<void>> = {
  fund: (rafiki, paymentId) => rafiki.fund(paymentId),
  cancel: (rafiki, paymentId) => rafiki.cancel(paymentId, 'the issuer changed its mind', 'invalid_request'),
}

/** What a confused issuer does to a payment that it has decided on; what Rafiki thinks of it is a fact in the journal. */
export async function misbehave(
  afterwards: Behaviour['afterwards'],
  event: RafikiEvent,
  { rafiki, journal }: { rafiki: CustomerRafiki; journal: Journal },
): Promise<void> {
  if (afterwards === 'nothing' || event.type !== 'outgoing_payment.created') return
  const { id } = readOutgoingPayment(event)
  const note = (text: string) => journal.record({ kind: 'fact', party: 'customer-ase', text })
  try {
    await DEEDS[afterwards](rafiki, id)
    note(`after its decision it was taken to ${afterwards} payment ${id}`)
  } catch (error) {
    note(`after its decision Rafiki refused to ${afterwards} payment ${id}: ${String(error)}`)
  }
}
