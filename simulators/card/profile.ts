import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type CardProfile, profileSchema } from './profile-schema.ts'

export type { ApplicationProfile, CardProfile } from './profile-schema.ts'

/** A card profile that cannot be used; each line of the message names file, key and what was expected. */
export class CardProfileError extends Error {
  override name = 'CardProfileError'
}

const FOLDER = join(import.meta.dirname, '../../fixtures/cards')

/** Names of the profiles in `fixtures/cards`. */
export function listCardProfiles(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace(/\.yaml$/, ''))
}

/** Reads a profile by name, or by path when it has a slash or ends in `.yaml`. Throws {@link CardProfileError}. */
export function loadCardProfile(nameOrPath: string): CardProfile {
  const file = fileOf(nameOrPath)
  return parseCardProfile(readFileSync(file, 'utf8'), file)
}

/**
 * Reads the YAML of a profile; `file` is for messages. With `extends: NAME` it says only what it changes: maps are merged, the
 * applications too, in their order; other lists and values replace; a key without a value takes it away. Throws {@link CardProfileError}.
 */
export function parseCardProfile(yaml: string, file: string): CardProfile {
  const checked = profileSchema.safeParse(whole(readYaml(yaml, file), file, []))
  if (checked.success) return checked.data
  const lines = checked.error.issues.map(
    ({ path, message }) => `${file}: ${path.join('.') || 'profile'}: ${message}`,
  )
  throw new CardProfileError(lines.join('\n'))
}

function fileOf(nameOrPath: string): string {
  const file = /[/\\]|\.yaml$/.test(nameOrPath) ? nameOrPath : join(FOLDER, `${nameOrPath}.yaml`)
  if (existsSync(file)) return file
  throw new CardProfileError(
    `expected a card profile, one of ${listCardProfiles().join(', ')} or a path, got "${nameOrPath}"`,
  )
}

/** What a document says together with those that it extends. */
function whole(document: unknown, file: string, inside: readonly string[]): unknown {
  if (!isMap(document) || document.extends === undefined) return document
  const { extends: name, ...change } = document
  if (typeof name !== 'string' || inside.includes(name))
    throw new CardProfileError(`${file}: extends: expected the name of another profile`)
  const base = fileOf(name)
  return merge(whole(readYaml(readFileSync(base, 'utf8'), base), base, [...inside, name]), change)
}

function merge(base: unknown, change: unknown, key = ''): unknown {
  if (key === 'applications' && Array.isArray(base) && Array.isArray(change))
    return [...base, ...change.slice(base.length)].map((each, index) => merge(each, change[index]))
  if (change === undefined) return base
  if (!isMap(base) || !isMap(change)) return change
  const keys = [...new Set([...Object.keys(base), ...Object.keys(change)])].filter(
    (each) => !isEmpty(change[each]),
  )
  return Object.fromEntries(keys.map((each) => [each, merge(base[each], change[each], each)]))
}

/** A key without a value, as the failsafe schema of YAML reads it. */
function isEmpty(value: unknown): boolean {
  return value === '' || value === null
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readYaml(yaml: string, file: string): unknown {
  try {
    // All scalars are text: tag 57 is no number, and neither is 9E10.
    return parse(yaml, { schema: 'failsafe' })
  } catch (error) {
    throw new CardProfileError(`${file}: expected YAML, got: ${(error as Error).message}`, { cause: error })
  }
}
