import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { ROOT } from '../bench/places.ts'
import { SERVICES } from './services.ts'
import { RAFIKI_READS } from './testing/rafiki-reads.ts'
import { PUBLISHED, VARIABLE_NAMES } from './variables.ts'

interface Composed {
  image: string
  environment?: Record<string, string | number>
  networks: string[] | Record<string, { aliases: string[] }>
  ports?: string[]
  depends_on?: string[]
  healthcheck?: { test: string[] }
}

const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')
const services: Record<string, Composed> = parse(text, { merge: true }).services
const rafikis = Object.entries(services).filter(([, { image }]) => image.includes('/rafiki-'))

test('every variable is one of the environment file, must have a value, and every one is used', () => {
  const code = text.replaceAll(/^\s*#.*$/gm, '')
  const used = [...code.matchAll(/\$\{(\w+)([^}]*)\}/g)]
  for (const [whole, , rest] of used) assert.equal(rest, ':?', whole)
  const names = new Set([...used.map(([, name]) => name), 'COMPOSE_PROJECT_NAME'])
  assert.deepEqual([...names].sort(), [...VARIABLE_NAMES].sort())
})

test('one version of all images of Rafiki, none of it written down here', () => {
  assert.equal(rafikis.length, 6)
  for (const [name, { image }] of rafikis)
    assert.match(image, /^\$\{RAFIKI_IMAGES:\?\}\/rafiki-[a-z-]+:\$\{RAFIKI_VERSION:\?\}$/, name)
})

test('the services are those that the bench waits for, each with a health check', () => {
  assert.deepEqual(Object.keys(services).sort(), SERVICES.map(({ name }) => name).sort())
  for (const [name, { healthcheck }] of Object.entries(services)) assert.ok(healthcheck?.test.length, name)
})

test('each program of Rafiki is told what it requires, and nothing that it does not read', () => {
  for (const [name, service] of rafikis) {
    const reads = RAFIKI_READS[programOf(service)]
    const told = Object.keys(service.environment ?? {})
    assert.deepEqual(
      reads?.required.filter((variable) => !told.includes(variable)),
      [],
      `${name} is not told these`,
    )
    const known = [...(reads?.required ?? []), ...(reads?.optional ?? [])]
    assert.deepEqual(
      told.filter((variable) => !known.includes(variable)),
      [],
      `${name} does not read these`,
    )
  }
})

test('every URL between containers leads to a port that its service is told to listen on', () => {
  const asked = rafikis.flatMap(([name, { environment = {} }]) =>
    Object.entries(environment).flatMap(([variable, value]) => {
      const url = /^http:\/\/([a-z-]+):(\d+)/.exec(String(value))
      return url === null ? [] : [{ name, variable, host: url[1] ?? '', port: url[2] }]
    }),
  )
  assert.ok(asked.length >= 15, `${asked.length} URLs`)
  for (const { name, variable, host, port } of asked) {
    const listens = Object.entries(services[host]?.environment ?? {}).filter(
      ([key, value]) => /PORT$/.test(key) && String(value) === port,
    )
    assert.equal(listens.length, 1, `${variable} of ${name}: ${host}:${port}`)
  }
})

test('what two services share is the same in both', () => {
  for (const [one, name, other, otherName] of SHARED)
    assert.equal(
      services[one]?.environment?.[name],
      services[other]?.environment?.[otherName],
      `${name} of ${one}, ${otherName} of ${other}`,
    )
})

const SHARED = [
  ['point-of-sale', 'TENANT_SECRET', 'merchant-backend', 'ADMIN_API_SECRET'],
  ['point-of-sale', 'TENANT_ID', 'merchant-backend', 'OPERATOR_TENANT_ID'],
  ['point-of-sale', 'WEBHOOK_SIGNATURE_SECRET', 'merchant-backend', 'SIGNATURE_SECRET'],
  ['card-service', 'TENANT_SECRET', 'customer-backend', 'ADMIN_API_SECRET'],
  ['card-service', 'TENANT_ID', 'customer-backend', 'OPERATOR_TENANT_ID'],
  ['merchant-auth', 'ADMIN_API_SECRET', 'merchant-backend', 'ADMIN_API_SECRET'],
  ['merchant-auth', 'OPERATOR_TENANT_ID', 'merchant-backend', 'OPERATOR_TENANT_ID'],
  ['customer-auth', 'ADMIN_API_SECRET', 'customer-backend', 'ADMIN_API_SECRET'],
  ['customer-auth', 'OPERATOR_TENANT_ID', 'customer-backend', 'OPERATOR_TENANT_ID'],
] as const

test('wallet addresses are found on port 80 under their host', () => {
  for (const [side, host] of [
    ['merchant-backend', 'shop.tapbench.example'],
    ['customer-backend', 'wallet.tapbench.example'],
  ] as const) {
    const { networks, environment } = services[side] as Composed
    assert.deepEqual(networks, { rafiki: { aliases: [host] } })
    assert.deepEqual(
      [environment?.OPEN_PAYMENTS_URL, environment?.OPEN_PAYMENTS_PORT],
      [`https://${host}`, 80],
    )
  }
})

test('ports are published on this machine alone, each by its variable, and lead to where the service listens', () => {
  const published = Object.values(services).flatMap(({ ports = [], environment = {} }) =>
    ports.map((port) => {
      const [, name = '', inner] = /^127\.0\.0\.1:\$\{(\w+):\?\}:(\d+)$/.exec(port) ?? assert.fail(port)
      assert.ok(
        Object.values(environment).some((value) => String(value) === inner),
        port,
      )
      return name
    }),
  )
  assert.deepEqual(published.sort(), [...PUBLISHED].sort())
})

function programOf({ image }: Composed): string {
  return /rafiki-([a-z-]+):/.exec(image)?.[1] ?? ''
}
