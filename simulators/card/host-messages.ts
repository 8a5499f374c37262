import { z } from 'zod'
import { imageSchema } from './image.ts'

const id = z.int()
const card = z.int()

/** What the card host is asked, one JSON document a line. */
export const requestSchema = z.union([
  z.strictObject({ id, insert: z.strictObject({ port: z.int().min(1).max(65_535), image: imageSchema }) }),
  z.strictObject({ id, remove: card }),
  z.strictObject({ id, state: card }),
])
export type HostRequest = z.infer<typeof requestSchema>

const stateSchema = z.strictObject({
  /** Application transaction counter of the last transaction. */
  atc: z.int(),
  /** False once the card has been taken out or has left by itself. */
  present: z.boolean(),
})
export type InsertedCardState = z.infer<typeof stateSchema>

/** What it answers. `ready` comes first and unasked. */
export const replySchema = z.union([
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ id, inserted: card }),
  z.strictObject({ id, state: stateSchema }),
  z.strictObject({ id: id.nullable(), error: z.string() }),
])
export type HostReply = z.infer<typeof replySchema>
