import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { loadTerminalProfile, parseTerminalProfile } from '../profile.ts'
import { loadCaKeys } from './ca-keys.ts'

const TODAY = fromHex('261121')
const FILES = ['ca-keys', 'ca-keys-schemes']

test('every key of the fixtures has the checksum that belongs to it', async () => {
  const keys = await loadCaKeys(FILES)
  for (const name of FILES) {
    const { caKeys } = parse(
      await readFile(new URL(`../../../fixtures/${name}.yaml`, import.meta.url), 'utf8'),
    )
    assert.ok(caKeys.length > 0)
    for (const { rid, index } of caKeys) {
      const found = keys(fromHex(rid), Number.parseInt(index, 16), TODAY)
      assert.ok(found.ok, `${name} ${rid} ${index}: ${found.ok ? '' : found.text}`)
    }
  }
})

test('a file that is not as it should be is named, and the key in it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ca-keys-'))
  try {
    const path = join(directory, 'wrong.yaml')
    await writeFile(path, 'caKeys: [{ rid: "A0", index: "01" }]')
    await assert.rejects(loadCaKeys([path]), /wrong\.yaml: caKeys\.0\.rid: expected 5 bytes in hexadecimal/)
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('a terminal profile with a kernel and without its settings names them', async () => {
  const { emv: _, ...profile } = await loadTerminalProfile('contact')
  assert.throws(() => parseTerminalProfile(profile, 'test'), /test: emv: expected it beside "contact"/)
})

test('a threshold above the floor limit is refused', async () => {
  const profile = await loadTerminalProfile('contact')
  const [application] = profile.contact?.applications ?? []
  const changed = { ...profile, contact: { applications: [{ ...application, floorLimit: 10 }] } }
  assert.throws(() => parseTerminalProfile(changed, 'test'), /contact\.applications\.0: expected a threshold/)
})
