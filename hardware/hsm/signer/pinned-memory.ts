import { randomFillSync } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

const PAGE = 4096
const SEEN = 64
const MARK = 32
/** Large enough that the allocator maps it by itself, so that it is found in a mapping that was not there before. */
const SIZE = 1 << 24

/** Bytes at an address that is known: for PKCS#11 parameters that hold a pointer and that the binding has no form for. */
export interface PinnedMemory {
  readonly bytes: Uint8Array
  readonly address: bigint
}

/**
 * Memory whose address the kernel told (/proc/self/mem, read only). The bytes of an ArrayBuffer stay where they are as long as it lives.
 * Null where there is no such file, or the bytes are not found: what needs the address is then not possible.
 */
export function pinMemory(): PinnedMemory | null {
  try {
    const known = new Set(mappings())
    const bytes = new Uint8Array(SIZE)
    randomFillSync(bytes, 0, MARK)
    const address = find(
      bytes,
      mappings().filter((line) => !known.has(line)),
    )
    return address === null ? null : { bytes, address: BigInt(address) }
  } catch {
    return null
  }
}

function mappings(): string[] {
  return readFileSync('/proc/self/maps', 'latin1').split('\n')
}

function find(bytes: Uint8Array, lines: readonly string[]): number | null {
  const memory = openSync('/proc/self/mem', 'r')
  try {
    for (const line of lines.filter((text) => / rw-p /.test(text))) {
      const address = findIn(memory, line, bytes)
      if (address !== null) return address
    }
    return null
  } finally {
    closeSync(memory)
  }
}

function findIn(memory: number, line: string, bytes: Uint8Array): number | null {
  const [first = 0, end = 0] = (line.split(' ')[0] ?? '').split('-').map((hex) => Number.parseInt(hex, 16))
  const seen = Buffer.alloc(SEEN)
  for (let page = first; page < end; page += PAGE) {
    readSync(memory, seen, 0, SEEN, page)
    const offset = seen.indexOf(bytes.subarray(0, MARK))
    if (offset >= 0 && follows(memory, page + offset, bytes)) return page + offset
  }
  return null
}

/** A copy of the mark elsewhere does not change with it. */
function follows(memory: number, address: number, bytes: Uint8Array): boolean {
  const seen = Buffer.alloc(MARK)
  randomFillSync(bytes, 0, MARK)
  readSync(memory, seen, 0, MARK, address)
  return seen.equals(bytes.subarray(0, MARK))
}
