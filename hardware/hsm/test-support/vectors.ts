import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// biome-ignore lint/suspicious/noExplicitAny: each kind of vector has fields of its own.
export type Vector = Readonly<Record<string, any>> & { id: string; kind: string }

/** The published vectors of a file in `fixtures/vectors`. */
export function vectorsOf(name: string): readonly Vector[] {
  const file = join(import.meta.dirname, '../../../fixtures/vectors', `${name}.json`)
  return JSON.parse(readFileSync(file, 'utf8')).vectors
}
