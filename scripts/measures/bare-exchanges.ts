import { Agent, request } from 'undici'
import { load } from './load.ts'
import { Team } from './team.ts'

const START_MS = 20_000
/** About what goes with a payment in either direction. */
const BODY = JSON.stringify({
  payload: '5a'.repeat(200),
  amount: { value: '100', assetCode: 'EUR', assetScale: 2 },
})

/** HTTP exchanges and nothing else: JSON to a server in another thread and back, over connections that stay open. */
export interface BareExchanges {
  /** So many, `inFlight` at a time. */
  perform(count: number, inFlight: number): Promise<void>
  close(): Promise<void>
}

export async function openBareExchanges(): Promise<BareExchanges> {
  const team = new Team<null, string>(new URL('exchange-thread.ts', import.meta.url), 1)
  const dispatcher = new Agent()
  const origin = await team.ask(0, null, START_MS)
  const headers = { 'content-type': 'application/json' }
  const exchange = async () => {
    const { body } = await request(origin, { method: 'POST', headers, body: BODY, dispatcher })
    await body.json()
  }
  return {
    perform: async (count, inFlight) => void (await load(count, inFlight, exchange)),
    close: async () => {
      await dispatcher.destroy()
      await team.close()
    },
  }
}
