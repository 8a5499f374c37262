import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { z } from 'zod'

const hex = (least: number) =>
  z
    .string()
    .regex(
      new RegExp(`^([0-9A-F]{2}){${least},}$`),
      `expected ${least} bytes or more in upper-case hexadecimal`,
    )
const tags = z.array(hex(1))

export const RECORDING_FORMAT = 'tapbench-recording/1'

export const recordingSchema = z.strictObject({
  $schema: z.string().optional(),
  format: z.literal(RECORDING_FORMAT),
  /** One line on what card this was. */
  title: z.string().min(1),
  /** When it was recorded. */
  recordedAt: z.iso.datetime(),
  /**
   * `survey`: everything that can be read. `tap`: what this terminal does in a transaction. `session`: what another terminal did, written
   * down elsewhere.
   */
  kind: z.enum(['survey', 'tap', 'session']),
  /** What a terminal needs to send the same commands again; null for all but a tap. */
  terminal: z
    .strictObject({
      /** A name of fixtures/terminals. */
      profile: z.string().min(1),
      /** Date and time of the transaction. */
      at: z.iso.datetime(),
      /** Minor units. */
      amount: z.string().regex(/^[1-9][0-9]{0,11}$/),
      currency: z.string().regex(/^[A-Z]{3}$/),
      /**
       * False: the terminal left offline data authentication out, since that of a cleaned recording could not succeed and the card would be
       * told other results in every replay.
       */
      offlineDataAuthentication: z.boolean(),
      /** 9F37, forced in every replay. */
      unpredictableNumber: z.string().regex(/^[0-9A-F]{8}$/, 'expected 4 bytes in upper-case hexadecimal'),
    })
    .nullable(),
  data: z.strictObject({
    /** True: a card with test data, kept as it was. False: a card of somebody, cleaned as the lists say. */
    test: z.boolean(),
    /** Tags with other values of the same length, the same one wherever they stand. */
    replaced: tags,
    /** Tags of which all or some digits are zeros. */
    blanked: tags,
    /** Tags made over the original data, kept: they do not fit what was replaced, and no issuer will verify them. */
    unverifiable: tags,
  }),
  /** Answer to reset. */
  atr: hex(2),
  exchanges: z.array(
    z.strictObject({
      /** The command in words, for people. */
      what: z.string(),
      command: hex(4),
      /** Null: the card left instead of answering. */
      response: hex(2).nullable(),
    }),
  ),
})

/** A session of a card, cleaned of what must not be in a file. */
export type Recording = z.infer<typeof recordingSchema>

/** A recording that cannot be used; each line of the message names file, key and what was expected. */
export class RecordingError extends Error {
  override name = 'RecordingError'
}

const FOLDER = join(import.meta.dirname, '../../../fixtures/recordings')

/** Names of the recordings in `fixtures/recordings`. */
export function listRecordings(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace(/\.yaml$/, ''))
}

/** The file of a recording of this name or path, or null when it is none: a card profile has the same form of name. */
export function recordingFile(nameOrPath: string): string | null {
  const file = /[/\\]|\.(yaml|json)$/.test(nameOrPath) ? nameOrPath : join(FOLDER, `${nameOrPath}.yaml`)
  if (!existsSync(file)) return null
  return /^\s*"?format"?: "?tapbench-recording\//m.test(readFileSync(file, 'utf8')) ? file : null
}

/** Reads a recording by name, or by path when it has a slash or ends in `.yaml` or `.json`. Throws {@link RecordingError}. */
export function loadRecording(nameOrPath: string): Recording {
  const file = recordingFile(nameOrPath)
  if (file === null)
    throw new RecordingError(
      `expected a recording, one of ${listRecordings().join(', ') || 'none yet'} or a path, got "${nameOrPath}"`,
    )
  return parseRecording(readFileSync(file, 'utf8'), file)
}

/** Reads the YAML or JSON of a recording; `file` is for messages. Throws {@link RecordingError}. */
export function parseRecording(text: string, file: string): Recording {
  const checked = recordingSchema.safeParse(readYaml(text, file))
  if (checked.success) return checked.data
  const lines = checked.error.issues.map(
    ({ path, message }) => `${file}: ${path.join('.') || 'recording'}: ${message}`,
  )
  throw new RecordingError(lines.join('\n'))
}

/** The YAML of a recording. All digits are quoted: 9E10 is no number. */
export function recordingText(recording: Recording, schema: string): string {
  const body = stringify(recording, {
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
  })
  return `# yaml-language-server: $schema=${schema}\n${body}`
}

/** The JSON Schema of recordings, for editors. */
export function recordingJsonSchema(): unknown {
  return z.toJSONSchema(recordingSchema)
}

function readYaml(text: string, file: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new RecordingError(`${file}: expected YAML, got: ${(error as Error).message}`, { cause: error })
  }
}
