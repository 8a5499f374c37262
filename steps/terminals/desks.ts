import type { TapWorld } from '../world.ts'
import { TrustDesk } from './trust-desk.ts'

/** Desks of scenarios that have a device. */
const desks = new WeakMap<TapWorld, TrustDesk>()

/** A desk with a device that nobody knows yet. */
export async function begin(world: TapWorld): Promise<TrustDesk> {
  const desk = await TrustDesk.open(world.journal)
  desks.set(world, desk)
  desk.device = await desk.rig.newDevice()
  return desk
}

export function deskOf(world: TapWorld): TrustDesk {
  const desk = desks.get(world)
  if (desk === undefined) throw new Error('expected a device, there is none: begin the scenario with one')
  return desk
}

/** What a scenario names, out of a table. */
export function oneOf<T>(table: Readonly<Record<string, T>>, name: string): T {
  const found = table[name]
  if (found === undefined) throw new Error(`expected one of: ${Object.keys(table).join('; ')}; got "${name}"`)
  return found
}
