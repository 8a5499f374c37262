import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Secret } from '../../steps/report/secrets.ts'
import { checkReports, REPORT_FILES } from './report-check.ts'

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
    const lines = await checkReports(folder, SECRETS)
    assert.equal(lines.length, 1)
    const [line = ''] = lines
    assert.ok(line.startsWith(`${join(folder, file)}: expected no secret, got: ${kind} at byte `), line)
    assert.ok(!line.toLowerCase().includes(secret.toLowerCase()))
  })

test('nothing is told of reports without secrets', async (t) => {
  assert.deepEqual(await checkReports(await reports(t, {}), SECRETS), [])
})

test('a report that was not written is an error', async (t) => {
  const folder = await reports(t, {})
  await rm(join(folder, REPORT_FILES.messages))
  await assert.rejects(checkReports(folder, SECRETS), { code: 'ENOENT' })
})
