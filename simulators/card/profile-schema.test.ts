import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { profileJsonSchema } from './profile-schema.ts'

const FOLDER = join(import.meta.dirname, '../../fixtures/cards')

test('the JSON Schema for editors is that of the profiles; else write it with simulators/card/testing/write-schema.ts', () => {
  assert.deepEqual(JSON.parse(readFileSync(join(FOLDER, 'schema.json'), 'utf8')), profileJsonSchema())
})

test('every profile tells editors of the schema', () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')))
    assert.match(
      readFileSync(join(FOLDER, file), 'utf8'),
      /^# yaml-language-server: \$schema=schema\.json\n/,
      file,
    )
})
