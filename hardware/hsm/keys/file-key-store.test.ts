import assert from 'node:assert/strict'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { HsmError } from '../error.ts'
import { FileKeyStore } from './file-key-store.ts'
import type { SealedKey } from './sealed-key.ts'

function key(label: string, version = 1): SealedKey {
  const facts = { usage: 'MAC', algorithm: 'aes-128', owner: '', validFrom: null, validUntil: null } as const
  const record = { label, version, ...facts, exportable: false, kcv: '000000', publicKey: null }
  return { record, blob: '00', singleBlob: '', objectId: '', token: '00', seal: '00' }
}

test('keys are there after a restart, the last version of each; a torn last line is left out', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tapbench-keys-'))
  const path = join(directory, 'keys')
  const store = new FileKeyStore(path)
  await Promise.all([store.put(key('a')), store.put(key('b')), store.put(key('a', 2))])
  await appendFile(path, JSON.stringify(key('torn')).slice(0, 40))
  const second = new FileKeyStore(path)
  assert.deepEqual(second.list(), [key('a', 2), key('b')])
  await second.put(key('c'))
  assert.deepEqual(new FileKeyStore(path).list(), [key('a', 2), key('b'), key('c')])
  await rm(directory, { recursive: true })
})

test('a line that is no key is told with its number', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tapbench-keys-'))
  const path = join(directory, 'keys')
  await writeFile(path, `${JSON.stringify(key('a'))}\n{"label":"b"}\n`)
  assert.throws(
    () => new FileKeyStore(path),
    (error) =>
      error instanceof HsmError && error.code === 'KEY_STORE_BROKEN' && error.message.includes(`${path}:2`),
  )
  await rm(directory, { recursive: true })
})
