import { z } from 'zod'
import { imageSchema } from './image.ts'
import { recordingSchema } from './recording/recording.ts'

const id = z.int()
const card = z.int()
const port = z.int().min(1).max(65_535)

/** What to put into the virtual reader that listens on `port`: a personalised card, or one that replays. */
export const insertSchema = z.union([
  z.strictObject({ port, image: imageSchema }),
  z.strictObject({ port, recording: recordingSchema }),
])
export type Insert = z.infer<typeof insertSchema>

/** What the card host is asked, one JSON document a line. */
export const requestSchema = z.union([
  z.strictObject({ id, insert: insertSchema }),
  z.strictObject({ id, putBack: card }),
  z.strictObject({ id, remove: card }),
  z.strictObject({ id, state: card }),
])
export type HostRequest = z.infer<typeof requestSchema>

const stateSchema = z.strictObject({
  /** Application transaction counter of the last transaction. */
  atc: z.int(),
  /** False once the card has been taken out or has left by itself. */
  present: z.boolean(),
  /** What a card that replays was asked and could not answer, in words. */
  notes: z.array(z.string()),
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
