import { ask } from '../../rafiki-status/ask.ts'
import { Fault } from '../../rafiki-status/fault.ts'
import type { Closer } from '../closer.ts'
import type { Profile } from '../profile.ts'
import { OutsideIssuer } from './outside-issuer.ts'

/** The issuer of somebody else, when the socket has one. Throws when its cards cannot be read, or nobody answers where it is. */
export async function openOutsideIssuer(
  customerAse: Profile['customerAse'],
  closers: Closer[],
): Promise<OutsideIssuer | null> {
  if (customerAse.socket === 'simulated') return null
  const issuer = await OutsideIssuer.open(customerAse, closers)
  await requireAnswer(customerAse.webhookUrl)
  return issuer
}

/** Else every tap would wait for its Rafiki to give up. Any HTTP answer will do. */
async function requireAnswer(url: string): Promise<void> {
  try {
    await ask({ url, setting: 'customerAse.webhookUrl' })
  } catch (error) {
    throw error instanceof Fault ? new Error(`${error.message}: ${error.mend}`) : error
  }
}
