import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROLES, type Role, variablesOf } from './environment.ts'

const TENANT = 'cf5fd7d3-1eb1-4041-8e43-ba45747e9e5d'
const tenant = { GRAPHQL_URL: 'http://backend:3001/graphql', TENANT_ID: TENANT, TENANT_SECRET: 'hidden' }

const LEAST: Record<Role, Record<string, string>> = {
  backend: {
    INSTANCE_NAME: 'merchant',
    AUTH_SERVER_GRANT_URL: 'http://auth:3006',
    AUTH_SERVER_INTROSPECTION_URL: 'http://auth:3007',
    AUTH_SERVICE_API_URL: 'http://auth:3011',
    ILP_CONNECTOR_URL: 'http://backend:3002',
    KEY_ID: 'key',
    OPEN_PAYMENTS_URL: 'https://shop.example',
  },
  auth: {
    ADMIN_API_SECRET: 'hidden',
    AUTH_SERVER_URL: 'http://auth:3006',
    COOKIE_KEY: 'hidden',
    IDENTITY_SERVER_SECRET: 'hidden',
    IDENTITY_SERVER_URL: 'http://identity.example/',
    OPERATOR_TENANT_ID: TENANT,
  },
  'card-service': { ...tenant, TENANT_SIGNATURE_VERSION: '1' },
  'point-of-sale': { ...tenant, WEBHOOK_SIGNATURE_SECRET: 'hidden' },
}

for (const role of ROLES)
  test(`${role} starts with the least, and names each variable that it lacks, without a value`, () => {
    assert.ok(variablesOf(role, LEAST[role]))
    for (const name of Object.keys(LEAST[role])) {
      const { [name]: _, ...rest } = LEAST[role]
      assert.throws(
        () => variablesOf(role, rest),
        ({ message }: Error) =>
          message.startsWith(`environment of Rafiki's ${role}: ${name}: `) && !message.includes('hidden'),
        name,
      )
    }
  })
