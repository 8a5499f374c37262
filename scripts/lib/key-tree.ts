import { type KeyUsage, USAGES } from '../../hardware/hsm/hierarchy/usages.ts'
import type { KeyRecord } from '../../hardware/hsm/keys/sealed-key.ts'

/** A key with what the token says to it: its check value as it is, null for pairs, or why there is none. */
export interface ListedKey extends KeyRecord {
  readonly found: string | null
}

interface Branch {
  readonly text: string
  readonly below: readonly Branch[]
}

/** The hierarchy as lines of a tree: master keys, usages by what they are derived from, and under each its keys. */
export function keyTree(token: string, keys: readonly ListedKey[]): string[] {
  const usages = (Object.keys(USAGES) as KeyUsage[]).filter((usage) => USAGES[usage].derivedFrom === null)
  return [
    token,
    ...lines([
      {
        text: 'storage key: aes-256, wraps all working keys',
        below: usages.map((usage) => branch(usage, keys)),
      },
      { text: 'seal key: hmac-sha256, authenticates what is known of them', below: [] },
    ]),
  ]
}

function branch(usage: KeyUsage, keys: readonly ListedKey[]): Branch {
  const { purposes, leavesUnder, derivedFrom } = USAGES[usage]
  const derived = (Object.keys(USAGES) as KeyUsage[]).filter((other) => USAGES[other].derivedFrom === usage)
  const notes = [
    purposes.join(', '),
    ...(derivedFrom === null ? [] : [`derived from ${derivedFrom}`]),
    ...(leavesUnder.length === 0 ? [] : [`leaves under ${leavesUnder.join(' or ')}`]),
  ]
  const own = keys.filter((key) => key.usage === usage).map((key) => ({ text: line(key), below: [] }))
  return {
    text: `${usage} (${notes.join('; ')})`,
    below: [...own, ...derived.map((other) => branch(other, keys))],
  }
}

function line({ label, algorithm, version, found, owner, validFrom, validUntil }: ListedKey): string {
  const terms = [
    ...(owner === '' ? [] : [`of ${owner}`]),
    ...(validFrom === null ? [] : [`from ${day(validFrom)}`]),
    ...(validUntil === null ? [] : [`until ${day(validUntil)}`]),
  ]
  return [`"${label}"`, algorithm, `version ${version}`, found ?? 'key pair', ...terms].join(', ')
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

function lines(branches: readonly Branch[]): string[] {
  return branches.flatMap(({ text, below }, at) => {
    const last = at === branches.length - 1
    const rest = lines(below).map((one) => `${last ? '   ' : '│  '}${one}`)
    return [`${last ? '└─ ' : '├─ '}${text}`, ...rest]
  })
}
