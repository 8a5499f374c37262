import { FAMILIES, type FamilyName, familyOfIad } from './cryptograms/families.ts'
import { parseIad } from './cryptograms/iad.ts'
import { describeCvr } from './cvr.ts'

/** A piece of a value that has a name of its own. `value` is a view of the whole. */
export interface Part {
  name: string
  value: Uint8Array
  meaning: string | null
}

const NAMES: Readonly<Record<string, string>> = {
  length: 'length',
  commonCoreIdentifier: 'common core identifier',
  derivationKeyIndex: 'derivation key index',
  cryptogramVersion: 'cryptogram version number',
  cvr: 'card verification results',
  counters: 'counters',
  discretionaryLength: 'length of issuer discretionary data',
  discretionary: 'issuer discretionary data',
  dac: 'data authentication code or ICC dynamic number',
}

/** The parts of Issuer Application Data (tag 9F10) of a family that is known; null for others. */
export function iadParts(iad: Uint8Array): { title: string; parts: Part[] } | null {
  const family = familyOfIad(iad)
  if (family === null) return null
  const fields = Object.entries(parseIad(FAMILIES[family].iad, iad) ?? {})
  const parts = fields
    .filter(([, value]) => value.length > 0)
    .map(([name, value]) => partOf(family, name, value))
  return { title: FAMILIES[family].title, parts }
}

function partOf(family: FamilyName, name: string, value: Uint8Array): Part {
  const meaning = name === 'cvr' ? (describeCvr(family, value)?.join(', ') ?? null) : null
  return { name: NAMES[name] ?? name, value, meaning }
}
