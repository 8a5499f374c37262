import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Command } from './testing/command.ts'

const LACKING: [what: string, variable: string, value: string, args: string[], says: RegExp][] = [
  [
    'PKCS#11 module',
    'TAPBENCH_HSM_MODULE',
    '/nowhere.so',
    ['run', '--transport', 'loopback'],
    /^tapbench: expected a PKCS#11 module at \/nowhere\.so, got no such file: install it, or .*\n$/,
  ],
  [
    'PostgreSQL server',
    'DATABASE_URL',
    'postgres://root:hidden@127.0.0.1:1/x',
    ['tap', '--transport', 'loopback'],
    /^tapbench: expected PostgreSQL to answer at 127\.0\.0\.1:1 \(DATABASE_URL\), got: .*ECONNREFUSED.*: start it, or .*\n$/,
  ],
  [
    'PC/SC service',
    'PCSCLITE_CSOCK_NAME',
    '/nowhere.sock',
    ['card', 'read'],
    /^tapbench: expected pcscd to listen on \/nowhere\.sock, got .*not running; start it: .*\n$/,
  ],
]

for (const [what, variable, value, args, says] of LACKING)
  test(`no ${what}: exit code 3, one message that says what to do, and nothing is left`, async (t) => {
    const command = await Command.start(t, args, { env: { [variable]: value } })
    const { code, stdout, stderr } = await command.ended
    assert.match(stderr, says)
    assert.doesNotMatch(stderr, /hidden/)
    assert.deepEqual({ code, stdout }, { code: 3, stdout: '' })
    await command.leftNothing()
  })
