import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { openDatabase } from '../../simulators/common/database.ts'
import { dumpDatabase } from '../../simulators/common/dump.ts'
import { testDatabase } from '../../simulators/common/testing/test-database.ts'
import type { Secret } from '../../steps/report/secrets.ts'
import { keepOutput, REPORT_FILES, readReports, searchFor } from './secret-search.ts'

// The AES key of FIPS 197, Appendix B.
const KEY = '2B7E151628AED2A6ABF7158809CF4F3C'
const SECRETS: Secret[] = [
  { name: 'card key', bytes: Buffer.from(KEY, 'hex') },
  { name: 'secret of the webhooks', bytes: Buffer.from('nobody should read this') },
]

async function reports(t: TestContext, texts: Partial<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tb-reports-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  for (const name of Object.values(REPORT_FILES)) await writeFile(join(folder, name), texts[name] ?? '{}\n')
  return folder
}

const PLANTED: [file: string, text: string, secret: string, kind: string][] = [
  ['report.html', `<p>APDU ${KEY.toLowerCase()}</p>`, KEY, 'card key as hex'],
  [
    'junit.xml',
    '<failure>nobody should read this</failure>',
    'nobody',
    'secret of the webhooks as raw bytes',
  ],
  ['messages.ndjson', '{"pan":"4111111111111111"}', '4111111111111111', 'PAN as digits'],
]

for (const [file, text, secret, kind] of PLANTED)
  test(`a ${kind} in ${file} is told, without the secret`, async (t) => {
    const folder = await reports(t, { [file]: text })
    const lines = searchFor(SECRETS, await readReports(folder))
    assert.equal(lines.length, 1)
    const [line = ''] = lines
    assert.ok(line.startsWith(`${join(folder, file)}: expected no secret, got: ${kind} at byte `), line)
    assert.ok(!line.toLowerCase().includes(secret.toLowerCase()))
  })

test('nothing is told of reports without secrets', async (t) => {
  assert.deepEqual(searchFor(SECRETS, await readReports(await reports(t, {}))), [])
})

test('a report that was not written is an error', async (t) => {
  const folder = await reports(t, {})
  await rm(join(folder, REPORT_FILES.messages))
  await assert.rejects(readReports(folder), { code: 'ENOENT' })
})

const KEPT: [type: string, value: string, form: string | null][] = [
  ['bytea', `\\x${KEY}`, 'card key as hex'],
  ['text', Buffer.from(KEY, 'hex').toString('base64'), 'card key as base64'],
  ['jsonb', `{"key":"${KEY}"}`, 'card key as hex'],
  ['text', '4111111111111111', 'PAN as digits'],
  ['bigint', '4111111111111111', 'PAN as digits'],
  ['text', '411111******1111', null],
]

test('secrets in a database are told, without the secret, whatever the type of their column', async (t) => {
  const db = await openDatabase(testDatabase('without_tables'), {})
  t.after(() => db.destroy())
  for (const [at, [type, value]] of KEPT.entries())
    await sql.raw(`create table t${at} as select '${value}'::${type} as kept`).execute(db)
  const dumps = (await dumpDatabase(db)).map(({ table, rows }) => ({ where: table, content: rows }))
  for (const [at, [, , form]] of KEPT.entries()) {
    const kept = dumps.filter(({ where }) => where === `t${at}`)
    assert.equal(kept.length, 1)
    const [first = null] = searchFor(SECRETS, kept)
    const told = form && `t${at}: expected no secret, got: ${form} at byte `
    assert.equal(first?.slice(0, told?.length) ?? null, told)
  }
})

test('what is printed is kept, and printed all the same', () => {
  const output = keepOutput()
  process.stderr.write('nobody should read')
  process.stderr.write(Buffer.from(' this\n'))
  output.stop()
  process.stderr.write('this is not kept\n')
  const written = output.read()
  assert.equal(String(written.find(({ where }) => where === 'stderr')?.content), 'nobody should read this\n')
  assert.equal(searchFor(SECRETS, written).length, 1)
})
