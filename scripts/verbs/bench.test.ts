import assert from 'node:assert/strict'
import { test } from 'node:test'
import { main } from '../lib/command-line.ts'
import { bench } from './bench.ts'

const ROUNDS = { rounds: '100' }

test('help names every measurement', async (t) => {
  const written: string[] = []
  t.mock.method(process.stdout, 'write', (text: string) => written.push(text) > 0)
  await main(['bench', '--help'], () => undefined)
  t.mock.restoreAll()
  let names = ''
  await assert.rejects(bench(['nothing'], ROUNDS), (error: Error) => {
    names = /expected one of (.+), got "nothing"/.exec(error.message)?.[1] ?? ''
    return names.includes('fuzz')
  })
  assert.ok(written.join('').replace(/\s+/g, ' ').includes(`of ${names};`), written.join(''))
})

test('the share of the harness is refused where Rafiki is embedded', async () => {
  const expected = /rafiki.socket is docker or external, that of "simulator" is embedded/
  await assert.rejects(bench(['share'], ROUNDS), expected)
})

for (const seed of ['-1', '1.5', '4294967296', 'today'])
  test(`a seed of ${seed} is refused`, async () => {
    await assert.rejects(bench(['applet'], { ...ROUNDS, seed }), /expected a seed from 0 to 4294967295, got/)
  })
