import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type PersonalisationRecord,
  readPersonalisationRecord,
} from '../../../simulators/card/personalisation.ts'
import { ConfigurationError } from '../profile.ts'

/** A card that the issuer of somebody else has handed over: what is on it, and the file that says so. */
export interface HandedOverCard {
  readonly file: string
  readonly record: PersonalisationRecord
}

/** Reads every `*.json` of a folder, in the order of their names. Throws {@link ConfigurationError} that names the file, never a value. */
export async function readHandedOver(folder: string): Promise<HandedOverCard[]> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith('.json')).sort()
  if (names.length === 0)
    throw new ConfigurationError(
      `expected personalisation records in customerAse.cards.records, a file *.json for each card, got none in ${folder}`,
    )
  return Promise.all(names.map((name) => readCard(join(folder, name))))
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    throw new ConfigurationError(
      `expected customerAse.cards.records to be a folder, got: ${(error as Error).message}`,
    )
  }
}

async function readCard(file: string): Promise<HandedOverCard> {
  const text = await readFile(file, 'utf8')
  try {
    return { file, record: readPersonalisationRecord(JSON.parse(text)) }
  } catch (error) {
    // What JSON.parse says repeats what it has read.
    const what = error instanceof SyntaxError ? 'expected JSON' : (error as Error).message
    throw new ConfigurationError(`${file}: ${what}`)
  }
}

/** So many numbers are left out when a bench ends before it could write down how far a card has come. */
const AHEAD = 32
const LAST_ATC = 0xffff

/**
 * The last transaction counter that a card may have used: its issuer remembers it longer than a bench lives, so it stands in a file beside
 * the record. Reserves those that follow.
 */
export async function takeCounter({ file }: HandedOverCard): Promise<number> {
  const path = counterFile(file)
  const text = await readFile(path, 'utf8').catch(() => '0')
  const atc = Number(text)
  if (!/^\d+\s*$/.test(text) || atc > LAST_ATC)
    throw new ConfigurationError(`${path}: expected the last ATC of the card, 0 to ${LAST_ATC}`)
  if (atc + AHEAD > LAST_ATC)
    throw new ConfigurationError(`${path}: the counter of this card is used up: have another one made`)
  await writeCounter({ file }, atc + AHEAD)
  return atc
}

/** Writes down how far the card has come. */
export async function writeCounter({ file }: Pick<HandedOverCard, 'file'>, atc: number): Promise<void> {
  await writeFile(counterFile(file), `${atc}\n`)
}

function counterFile(file: string): string {
  return file.replace(/\.json$/, '.atc')
}
