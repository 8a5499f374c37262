import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openEnvFile } from './env-file.ts'
import { isSecret, VARIABLE_NAMES } from './variables.ts'

const folder = mkdtempSync(join(tmpdir(), 'tb-env-'))
after(() => rmSync(folder, { recursive: true }))

let next = 0
const fresh = () => join(folder, `${++next}`, 'rafiki.env')
let turn = 0
const random = (length: number) => new Uint8Array(length).fill(++turn)

test('the first use makes every variable and a file that only its owner reads; the second finds the same', () => {
  const file = fresh()
  const first = openEnvFile(file, {}, random)
  assert.deepEqual(Object.keys(first), VARIABLE_NAMES)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const written = readFileSync(file, 'utf8')
  assert.deepEqual(openEnvFile(file, {}, random), first)
  assert.equal(readFileSync(file, 'utf8'), written)
})

test('no two secrets are the same', () => {
  const variables = openEnvFile(fresh(), {}, random)
  const secrets = VARIABLE_NAMES.filter(isSecret).map((name) => variables[name])
  assert.equal(new Set(secrets).size, secrets.length)
  assert.ok(secrets.every((secret) => secret.length >= 43))
})

test('what a file lacks is added to it, and what it has stays', () => {
  const file = fresh()
  openEnvFile(file, {}, random)
  const kept = 'RAFIKI_VERSION=v2.5.0\n# mine\nMERCHANT_ADMIN_PORT=14001'
  writeFileSync(file, kept)
  const variables = openEnvFile(file, {}, random)
  assert.deepEqual([variables.RAFIKI_VERSION, variables.MERCHANT_ADMIN_PORT], ['v2.5.0', '14001'])
  assert.ok(readFileSync(file, 'utf8').startsWith(`${kept}\n`))
})

test("the environment's variables win, and are not written", () => {
  const file = fresh()
  const variables = openEnvFile(file, { RAFIKI_VERSION: 'v9', REDIS_IMAGE: '' }, random)
  assert.deepEqual([variables.RAFIKI_VERSION, variables.REDIS_IMAGE], ['v9', 'docker.io/library/redis:7'])
  assert.ok(!readFileSync(file, 'utf8').includes('v9'))
})

const WRONG = [
  ['MERCHANT_ADMIN_PORT', '70000', /expected a port, got "70000"/],
  ['CARD_SERVICE_PORT', 'http', /expected a port, got "http"/],
  ['CUSTOMER_ASE_PORT', '16010', /expected a port of its own, got that of MERCHANT_ASE_PORT/],
  ['MERCHANT_TENANT_ID', 'operator', /expected a UUID, got "operator"/],
  ['COMPOSE_PROJECT_NAME', 'Tap Bench', /expected lower case letters/],
] as const

for (const [name, value, message] of WRONG)
  test(`${name}=${value} is refused by name`, () => {
    assert.throws(
      () => openEnvFile(fresh(), { [name]: value }, random),
      (error: Error) =>
        error.name === 'ConfigurationError' &&
        error.message.includes(`: ${name}: `) &&
        message.test(error.message),
    )
  })
