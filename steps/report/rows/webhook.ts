import { essentialsOf } from './essentials.ts'
import type { Content, Event } from './row.ts'

const MOODS = { taken: 'good', duplicate: 'plain', refused: 'bad' } as const

/** Nobody is named as its sender: who sent it is what the signature check had to find out. */
export function webhookRow({ to, type, id, verdict, reason, body }: Event<'webhook'>): Content {
  return {
    from: null,
    to,
    what: `webhook ${type}`,
    result: reason === undefined ? verdict : `${verdict}: ${reason}`,
    mood: MOODS[verdict],
    gist: essentialsOf(body),
    details: [
      { form: 'pairs', title: 'Event', pairs: [['Id', id]] },
      { form: 'json', title: 'Body', value: body },
    ],
  }
}
