import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { registerFromFile } from './merchants-file.ts'
import type { Merchant, RegisteredTerminal } from './registry.ts'

function record() {
  const merchants: Merchant[] = []
  const terminals: RegisteredTerminal[] = []
  const registry = {
    registerMerchant: async (merchant: Merchant) => void merchants.push(merchant),
    registerTerminal: async (terminal: RegisteredTerminal) => void terminals.push(terminal),
  }
  return { merchants, terminals, registry }
}

test('the fixture registers a merchant with its wallets, and a terminal with its key', async () => {
  const { merchants, terminals, registry } = record()
  await registerFromFile(registry, fileURLToPath(new URL('../../fixtures/merchants.yaml', import.meta.url)))
  assert.equal(merchants[0]?.wallets[0]?.limit, 50_000n)
  assert.deepEqual(
    merchants[0]?.wallets.map(({ assetCode }) => assetCode),
    ['EUR', 'USD', 'JPY', 'KWD'],
  )
  assert.equal(terminals[0]?.publicKey.asymmetricKeyType, 'ed25519')
})

test('a wrong file is named, with the key', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'merchants-'))
  const path = join(directory, 'shops.yaml')
  try {
    await writeFile(path, 'merchants: []\nterminals: [{ id: a, merchantId: b, publicKey: none }]\n')
    await assert.rejects(registerFromFile(record().registry, path), (error: Error) => {
      assert.match(error.message, /shops\.yaml: terminals\.0\.publicKey: expected a public key in PEM/)
      return true
    })
  } finally {
    await rm(directory, { recursive: true })
  }
})
