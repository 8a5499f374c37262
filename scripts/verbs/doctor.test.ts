import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { tapbench } from '../testing/command.ts'

const doctorSchema = z.strictObject({
  ready: z.boolean(),
  findings: z
    .array(
      z.strictObject({
        what: z.string().min(1),
        found: z.string().min(1).nullable(),
        needed: z.boolean(),
        mend: z.string().min(1),
      }),
    )
    .min(9),
})

test('a machine that can run these tests is ready', async (t) => {
  const { code, stdout, stderr } = await tapbench(t, ['doctor', '--json'])
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  const { ready, findings } = doctorSchema.parse(JSON.parse(stdout))
  assert.ok(ready)
  assert.ok(findings.every(({ needed, found }) => !needed || found !== null))
  const softhsm = findings.find(({ what }) => what === 'HSM operations of softhsm2')
  assert.match(softhsm?.found ?? '', /^[1-9]\d* in token, [1-9]\d* clear in signer, 0 not possible$/)
})

test('a server that does not answer is needed and lacking', async (t) => {
  const env = { DATABASE_URL: 'postgres://127.0.0.1:1/x' }
  const { code, stdout } = await tapbench(t, ['doctor', '--json'], { env })
  const { ready, findings } = doctorSchema.parse(JSON.parse(stdout))
  const lacking = findings.filter(({ needed, found }) => needed && found === null)
  assert.deepEqual({ code, ready }, { code: 3, ready: false })
  assert.deepEqual(
    lacking.map(({ what }) => what),
    ['PostgreSQL (DATABASE_URL)'],
  )
})
