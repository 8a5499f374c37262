import assert from 'node:assert/strict'
import { HsmError, type HsmFault } from '../error.ts'

/** For `assert.rejects` and `assert.throws`: an error of the HSM with this code that says what was expected, what came and what to do. */
export function fault(code: HsmFault, message = /expected .*, got .*: ./) {
  return (error: unknown) => {
    assert.ok(error instanceof HsmError, String(error))
    assert.equal(error.code, code, error.message)
    assert.match(error.message, message)
    return true
  }
}
