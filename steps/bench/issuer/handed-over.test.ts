import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PAN, recordWith } from '../../../simulators/card/testing/issue.ts'
import { ConfigurationError } from '../profile.ts'
import { readHandedOver, takeCounter, writeCounter } from './handed-over.ts'

let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tb-records-'))
})
after(() => rm(folder, { recursive: true, force: true }))

/** A card whose counter file has this text. */
async function cardWith(name: string, counter: string) {
  const file = join(folder, `${name}.json`)
  const path = join(folder, `${name}.atc`)
  await writeFile(path, counter)
  return { card: { file, record: recordWith() }, path }
}

const WRONG: [what: string, text: string, says: RegExp][] = [
  ['no JSON', `{ "pan": "${PAN}" `, /wrong\.json: expected JSON$/],
  [
    'a field of another form',
    JSON.stringify({ ...recordWith(), pan: `${PAN}X` }),
    /wrong\.json: personalisation record: pan: expected 13 to 19 digits$/,
  ],
  ['another document', '[]', /wrong\.json: personalisation record: /],
]

for (const [what, text, says] of WRONG)
  test(`a record that is ${what}: the file is named, no value shown`, async () => {
    const file = join(folder, 'wrong.json')
    await writeFile(file, text)
    await assert.rejects(readHandedOver(folder), (error: Error) => {
      assert.ok(error instanceof ConfigurationError)
      assert.match(error.message, says)
      assert.doesNotMatch(error.message, new RegExp(PAN))
      return true
    })
    await rm(file)
  })

test('a folder that is not there, and one without records', async () => {
  await assert.rejects(
    readHandedOver(join(folder, 'nowhere')),
    /expected customerAse\.cards\.records to be a/,
  )
  await assert.rejects(readHandedOver(folder), /expected personalisation records in customerAse\.cards\.rec/)
})

test('records are read in the order of their names; what is beside them is not', async () => {
  for (const name of ['b.json', 'a.json']) await writeFile(join(folder, name), JSON.stringify(recordWith()))
  await writeFile(join(folder, 'a.atc'), '7\n')
  const names = (await readHandedOver(folder)).map(({ file }) => file.slice(folder.length + 1))
  assert.deepEqual(names, ['a.json', 'b.json'])
})

test('a counter goes on where it was; when nobody wrote down how far it came, after those that were reserved', async () => {
  const { card, path } = await cardWith('counted', '7\n')
  assert.equal(await takeCounter(card), 7)
  await writeCounter(card, 9)
  assert.equal(await takeCounter(card), 9)
  assert.equal(await readFile(path, 'utf8'), '41\n')
  assert.equal(await takeCounter(card), 41)
})

test('the first use of a card begins at 0', async () => {
  assert.equal(await takeCounter({ file: join(folder, 'new.json'), record: recordWith() }), 0)
})

for (const [text, says] of [
  ['seven', /expected the last ATC of the card, 0 to 65535$/],
  ['-1', /expected the last ATC/],
  ['65536', /expected the last ATC/],
  ['65535', /the counter of this card is used up: have another one made$/],
] as const)
  test(`a counter of ${text}`, async () => {
    const { card, path } = await cardWith('spent', text)
    await assert.rejects(takeCounter(card), says)
    assert.equal(await readFile(path, 'utf8'), text)
  })
