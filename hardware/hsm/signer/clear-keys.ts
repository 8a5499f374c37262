import { HsmError } from '../error.ts'
import type { Purpose } from '../hierarchy/usages.ts'
import type { Signer } from './signer.ts'

/**
 * Runs `action` on the value of a key, for what the token cannot do, and overwrites the value, whatever came.
 * The pure functions throw RangeErrors for what no operation can work on, without secrets in their texts: INVALID_INPUT_DATA here.
 */
export function withClearKey<Result>(
  { ring }: Signer,
  label: string,
  purpose: Purpose | null,
  action: (value: Uint8Array) => Result,
): Result {
  const value = ring.reveal(label, purpose)
  try {
    // Slices of a Buffer would share its memory.
    return asInvalidInput(() => action(new Uint8Array(value.buffer, value.byteOffset, value.length)))
  } finally {
    value.fill(0)
  }
}

/** RangeErrors of the pure functions as INVALID_INPUT_DATA. */
export function asInvalidInput<Result>(action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    throw error instanceof RangeError ? new HsmError('INVALID_INPUT_DATA', error.message) : error
  }
}

/** Random bytes of the token, which refuses to give none. */
export function randomOf({ token }: Signer): (length: number) => Uint8Array {
  return (length) =>
    length === 0
      ? new Uint8Array()
      : new Uint8Array(token.module.C_GenerateRandom(token.session, Buffer.alloc(length)))
}
