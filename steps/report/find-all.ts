// Eight characters tell texts apart well enough, and are two machine words.
const WINDOW = 8
const FILTER_BITS = 20

/**
 * Where each of many texts first occurs in a long one, in one pass, where `indexOf` would take a pass for each. All are taken as one byte
 * a character. Texts that do not occur are left out.
 */
export function findAll(long: string, texts: Iterable<string>): Map<string, number> {
  const all = [...new Set(texts)]
  const byBeginning = new Map<string, string[]>()
  for (const text of all) {
    const beginning = text.slice(0, WINDOW)
    if (text.length >= WINDOW) byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), text])
  }
  const found = new Map<string, number>()
  for (const offset of candidates(long, [...byBeginning.keys()])) {
    for (const text of byBeginning.get(long.slice(offset, offset + WINDOW)) ?? [])
      if (!found.has(text) && long.startsWith(text, offset)) found.set(text, offset)
  }
  for (const text of all.filter(({ length }) => length < WINDOW)) {
    const offset = long.indexOf(text)
    if (offset >= 0) found.set(text, offset)
  }
  return found
}

/** Offsets at which one of these beginnings may be; of the others only the few whose hash is the same. */
function candidates(long: string, beginnings: readonly string[]): number[] {
  const filter = new Uint8Array(1 << FILTER_BITS)
  for (const beginning of beginnings) eachWindow(beginning, (hash) => (filter[hash] = 1))
  const offsets: number[] = []
  eachWindow(long, (hash, offset) => filter[hash] === 1 && offsets.push(offset))
  return offsets
}

function eachWindow(text: string, take: (hash: number, offset: number) => void): void {
  const bytes = Buffer.from(text, 'latin1')
  let older = 0
  let newer = 0
  for (let end = 0; end < bytes.length; end++) {
    older = (older << 8) | (newer >>> 24)
    newer = (newer << 8) | (bytes[end] ?? 0)
    if (end < WINDOW - 1) continue
    const hash = (Math.imul(older, 0x9e3779b1) ^ Math.imul(newer, 0x85ebca6b)) >>> (32 - FILTER_BITS)
    take(hash, end - WINDOW + 1)
  }
}
