import { randomInt } from 'node:crypto'
import { cpus, totalmem } from 'node:os'
import { CACHE } from '../../steps/bench/places.ts'
import { ConfigurationError } from '../../steps/bench/profile.ts'
import { EXIT } from '../lib/exit.ts'
import { measureCommands } from '../measures/applet.ts'
import { measureAvailability } from '../measures/availability.ts'
import { measureContact } from '../measures/contact.ts'
import { measureFuzz } from '../measures/fuzz.ts'
import type { Figure, MeasureOptions } from '../measures/measure.ts'
import { measureMemory } from '../measures/memory.ts'
import { MEASUREMENTS, type Measurement, NAMED_MEASUREMENTS } from '../measures/names.ts'
import { measureOnlinePin } from '../measures/online-pin.ts'
import { measureReconcile } from '../measures/reconcile/reconcile.ts'
import { measureApdus } from '../measures/round-trips.ts'
import { measureShare } from '../measures/share/share.ts'
import { measureArqcs, measureMacs, measureSignatures } from '../measures/signers.ts'
import { measureTaps } from '../measures/taps.ts'
import { measureTerminals } from '../measures/terminals.ts'
import { measureWorkingKeys } from '../measures/working-keys.ts'

const MEASURES: Record<Measurement, (options: MeasureOptions) => Promise<Figure[]>> = {
  apdu: measureApdus,
  arqc: measureArqcs,
  cmac: measureMacs,
  ecdsa: measureSignatures,
  group: measureAvailability,
  'working-keys': measureWorkingKeys,
  applet: measureCommands,
  contact: measureContact,
  taps: measureTaps,
  terminals: measureTerminals,
  pin: measureOnlinePin,
  reconcile: measureReconcile,
  memory: measureMemory,
  fuzz: measureFuzz,
  share: measureShare,
}

/** Seeds are numbers of 32 bits. */
const SEEDS = 2 ** 32

interface BenchOptions {
  rounds: string
  seed?: string
  full?: boolean
  profile?: string
  json?: boolean
}

/** Runs measurements one after the other; exit code 1 when a target is missed. */
export async function bench(
  names: string[],
  { rounds, seed, full = false, profile = 'simulator', json }: BenchOptions,
): Promise<number> {
  const options = {
    rounds: parseRounds(rounds),
    seed: parseSeed(seed),
    full,
    profile,
    cacheDirectory: CACHE,
  }
  const chosen = names.length > 0 ? names : MEASUREMENTS
  const figures: Figure[] = []
  for (const name of chosen) {
    const found = await measureOf(name)(options)
    figures.push(...found)
    if (!json) process.stdout.write(found.map(line).join(''))
  }
  if (json)
    process.stdout.write(
      `${JSON.stringify({ machine: machine(), rounds: options.rounds, figures }, null, 2)}\n`,
    )
  return figures.every(({ met }) => met !== false) ? EXIT.done : EXIT.unexpected
}

function measureOf(wanted: string) {
  const known: readonly Measurement[] = [...MEASUREMENTS, ...NAMED_MEASUREMENTS]
  const name = known.find((one) => one === wanted)
  if (name === undefined) throw new ConfigurationError(`expected one of ${known.join(', ')}, got "${wanted}"`)
  return MEASURES[name]
}

function parseRounds(text: string): number {
  const rounds = Number(text)
  if (!Number.isInteger(rounds) || rounds < 100)
    throw new ConfigurationError(`expected at least 100 rounds, got "${text}"`)
  return rounds
}

function parseSeed(text = String(randomInt(SEEDS))): number {
  const seed = Number(text)
  if (!Number.isInteger(seed) || seed < 0 || seed >= SEEDS)
    throw new ConfigurationError(`expected a seed from 0 to ${SEEDS - 1}, got "${text}"`)
  return seed
}

function line({ name, value, unit, target, met }: Figure): string {
  const verdict = target === null ? '' : `  target ${target}: ${met ? 'met' : 'MISSED'}`
  return `${name.padEnd(36)} ${String(value).padStart(10)} ${unit}${verdict}\n`
}

function machine() {
  return { cores: cpus().length, memoryGb: Math.round(totalmem() / 1024 ** 3), node: process.version }
}
