import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { silentJournal } from '../../protocols/journal/journal.ts'
import type { TokenAccess } from './access.ts'
import { HsmError, type HsmFault } from './error.ts'
import { openHsm } from './hsm.ts'
import { createPrivateToken, findSoftHsm, type Token } from './token.ts'

function isFault(code: HsmFault, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof HsmError, String(error))
    assert.equal(error.code, code)
    assert.match(error.message, message)
    return true
  }
}

describe('a private token', () => {
  let directory: string
  let token: Token
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tapbench-token-'))
    token = await createPrivateToken({ directory })
  })
  after(async () => {
    await token.close()
    await rm(directory, { recursive: true, force: true })
  })

  it('shows its PIN neither in JSON nor in logs', () => {
    assert.equal(token.pin.length, 32)
    assert.ok(!JSON.stringify(token).includes(token.pin))
    assert.ok(!inspect(token, { depth: 9, showHidden: true }).includes(token.pin))
  })

  const access = (): TokenAccess => ({ ...token, pin: token.pin })
  const refused: {
    name: string
    change: Partial<TokenAccess>
    code: HsmFault
    message: RegExp
  }[] = [
    {
      name: 'a wrong PIN',
      change: { pin: 'not-the-pin' },
      code: 'PIN_INCORRECT',
      message: /user PIN of the token "tapbench".*CKR_PIN_INCORRECT.*give the user PIN/,
    },
    {
      name: 'a label that no token has',
      change: { tokenLabel: 'elsewhere' },
      code: 'TOKEN_NOT_PRESENT',
      message: /expected the token "elsewhere".*got "tapbench".*pkcs11-tool/,
    },
    {
      name: 'a module that is not there',
      change: { module: '/nowhere/pkcs11.so' },
      code: 'MODULE_NOT_FOUND',
      message: /\/nowhere\/pkcs11\.so.*no such file.*install it, or give the path/,
    },
    {
      name: 'a file that is no module',
      change: { module: import.meta.filename },
      code: 'MODULE_FAILED',
      message: /expected .*token\.test\.ts to be a PKCS#11 module/,
    },
    {
      name: 'a configuration that is not there',
      change: { environment: { SOFTHSM2_CONF: '/nowhere/softhsm2.conf' } },
      code: 'MODULE_FAILED',
      message: /to be a PKCS#11 module that starts/,
    },
  ]
  for (const { name, change, code, message } of refused) {
    it(`${name}: ${code}, and the message says what to do`, async () => {
      await assert.rejects(
        openHsm({ token: { ...access(), ...change }, signers: 1, journal: silentJournal }),
        isFault(code, message),
      )
    })
  }

  it('opens by slot number too, and says which slot is empty', async () => {
    const { tokenLabel: _, ...unnamed } = access()
    await assert.rejects(
      openHsm({ token: { ...unnamed, slot: 4_711 }, signers: 1, journal: silentJournal }),
      isFault('TOKEN_NOT_PRESENT', /the token in slot 4711/),
    )
    await assert.rejects(
      openHsm({ token: unnamed, journal: silentJournal }),
      isFault('INVALID_INPUT_DATA', /tokenLabel, serial or slot/),
    )
  })

  it('is gone after close, as is one that could not be made', async () => {
    const other = await mkdtemp(join(tmpdir(), 'tapbench-token-'))
    const short = await createPrivateToken({ directory: other })
    await short.close()
    await short.close()
    await assert.rejects(
      createPrivateToken({ directory: other, module: '/nowhere/pkcs11.so' }),
      isFault('MODULE_NOT_FOUND', /nowhere/),
    )
    assert.deepEqual(await readdir(other), [])
    await rm(other, { recursive: true })
  })

  it('says where SoftHSM2 was looked for', () => {
    assert.throws(
      () => findSoftHsm(['/nowhere/a.so', '/nowhere/b.so']),
      isFault(
        'MODULE_NOT_FOUND',
        /nowhere\/a\.so, \/nowhere\/b\.so, got none \(apt-get install softhsm2\): install it/,
      ),
    )
  })
})
