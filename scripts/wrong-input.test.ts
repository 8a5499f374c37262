import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ROOT } from '../steps/bench/places.ts'
import { main } from './lib/command-line.ts'
import { tapbench } from './testing/command.ts'

let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tb-wrong-'))
  const files = {
    'broken.yaml': 'name: [\n',
    'card.yaml': (await fixture('cards/interledger')).replace('priority: 1', 'priority: 16'),
    'terminal.yaml': (await fixture('terminals/default')).replace('"0276"', '"276"'),
    'socket.yaml': (await fixture('profiles/simulator')).replace('embedded', 'kubernetes'),
    'port.yaml': (await fixture('profiles/external')).replace('shop.example', 'shop.example:8443'),
    'url.yaml': (await fixture('profiles/external')).replace('http://127.0.0.1:13003', 'localhost:13003'),
    'bench.yaml': (await fixture('profiles/simulator')).replace('signers: 2', 'signers: 20'),
    'broken.feature': 'Feature: x\n  Scenario: y\n    Given x\n    Perhaps z\n',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
})

after(() => rm(folder, { recursive: true, force: true }))

function fixture(name: string): Promise<string> {
  return readFile(join(ROOT, `fixtures/${name}.yaml`), 'utf8')
}

// @ is the folder of the files above.
const WRONG: [what: string, args: string[], says: RegExp][] = [
  ['verb', ['pay'], /unknown command 'pay'\nexpected one of: tap, run, card, .*, bench$/],
  ['option', ['tap', '--xylophone'], /unknown option '--xylophone'\nexpected .*\[--amount <amount>\]/],
  ['transport', ['tap', '--transport', 'air'], /'air' is invalid\. Allowed choices are pcsc, loopback/],
  [
    'amount of nothing',
    ['tap', '--amount', '0'],
    /expected an amount of 0\.01 EUR to 9999999999\.99 EUR, got "0"$/,
  ],
  [
    'amount',
    ['tap', '--amount', '12.505'],
    /expected an amount of EUR with at most 2 decimals, got "12\.505"$/,
  ],
  ['currency', ['tap', '--currency', 'EURO'], /expected an ISO 4217 currency code, got "EURO"$/],
  ['currency of the bench', ['tap', '--currency', 'GBP'], /expected one of .*EUR, USD, JPY, KWD, got "GBP"$/],
  ['card', ['tap', '--card', 'plastic'], /expected a card profile, one of .*interledger.*, got "plastic"$/],
  ['card to present', ['card', 'present', 'plastic'], /expected a card profile, .*got "plastic"$/],
  [
    'terminal',
    ['tap', '--terminal', 'till'],
    /expected a terminal profile, one of contact, contactless, default .*, got "till"$/,
  ],
  [
    'bench',
    ['tap', '--profile', 'lab'],
    /expected a profile, one of docker, external, simulator .*, got "lab"$/,
  ],
  [
    'bench of a run',
    ['run', '--profile', 'lab'],
    /expected a profile, one of docker, external, simulator .*, got "lab"$/,
  ],
  [
    'secret of a pair that is in no variable',
    ['tap', '--profile', 'external'],
    /external\.yaml: rafiki\.merchant\.adminApi\.secretVariable: expected an environment variable that holds the secret, got "TAPBENCH_MERCHANT_ADMIN_API_SECRET"\n/,
  ],
  [
    'socket of Rafiki',
    ['tap', '--profile', '@socket.yaml'],
    /socket\.yaml: rafiki\.socket: expected "embedded", "docker" or "external", got "kubernetes"$/,
  ],
  [
    'pair to start that is no pair of containers',
    ['rafiki', 'up', '--profile', 'simulator'],
    /expected a profile whose rafiki\.socket is docker, simulator has "embedded": use --profile docker$/,
  ],
  [
    'pair to seed that begins anew each time',
    ['rafiki', 'seed', '--profile', 'simulator'],
    /expected a pair that runs already, .*: use --profile docker, or your own with rafiki\.socket external$/,
  ],
  [
    'host of wallet addresses',
    ['rafiki', 'status', '--profile', '@port.yaml'],
    /rafiki\.merchant\.walletAddressHost: expected a host name in lower case, without a port, got "shop\.example:8443"/,
  ],
  [
    'URL of a pair',
    ['run', '--profile', '@url.yaml'],
    /rafiki\.merchant\.openPaymentsUrl: expected http:\/\/… or https:\/\/…, got "localhost:13003"/,
  ],
  ['YAML of a card', ['tap', '--card', '@broken.yaml'], /^tapbench: .*\/broken\.yaml: expected YAML, got: /],
  [
    'YAML of a terminal',
    ['tap', '--terminal', '@broken.yaml'],
    /^tapbench: .*\/broken\.yaml: expected YAML, got: /,
  ],
  [
    'YAML of a bench',
    ['tap', '--profile', '@broken.yaml'],
    /^tapbench: .*\/broken\.yaml: expected YAML, got: /,
  ],
  [
    'key of a card',
    ['tap', '--card', '@card.yaml'],
    /card\.yaml: applications\.0\.priority: expected at most 15$/,
  ],
  ['key of a terminal', ['tap', '--terminal', '@terminal.yaml'], /terminal\.yaml: country: expected 2 bytes/],
  ['key of a bench', ['tap', '--profile', '@bench.yaml'], /bench\.yaml: hsm\.signers: .*<=8, got "20"$/],
  ['feature file', ['run', '@nothing.feature'], /expected scenarios in .*nothing\.feature, found none$/],
  ['Gherkin', ['run', '@broken.feature'], /broken\.feature: \(4:5\): expected: .*, got 'Perhaps z'/],
  ['tags', ['run', '--tags', '@a @b'], /expected --tags .*"@a @b"/],
  ['tags of nothing', ['run', '--tags', '@nothing'], /expected scenarios in .*, tags @nothing, found none$/],
  ['measurement', ['bench', 'mood'], /expected one of apdu, arqc, .*memory.*, got "mood"$/],
  ['rounds', ['bench', '--rounds', 'few'], /expected at least 100 rounds, got "few"$/],
]

for (const [what, args, says] of WRONG)
  test(`wrong ${what}: exit code 2 and what was expected`, async () => {
    const said: string[] = []
    const code = await main(
      args.map((arg) => arg.replace(/^@(?=\w+\.)/, `${folder}/`)),
      (text) => said.push(text),
    )
    assert.match(said.join('').trimEnd(), says)
    assert.doesNotMatch(said.join(''), /^\s+at /m)
    assert.equal(code, 2)
  })

const WRONG_VARIABLES: [variable: string, value: string, verb: string, says: RegExp][] = [
  ['DATABASE_URL', 'mysql://root:hidden@127.0.0.1/x', 'tap', /expected postgres:\/\/.*, got "mysql:…"\n$/],
  ['DATABASE_URL', 'nonsense', 'doctor', /expected postgres:\/\/.*, got "nonsense"\n$/],
  ['TAPBENCH_TRANSPORT', 'air', 'tap', /expected one of "pcsc"\|"loopback", got "air"\n$/],
]

for (const [variable, value, verb, says] of WRONG_VARIABLES)
  test(`wrong ${variable} for ${verb}: exit code 2 and its name`, async (t) => {
    const { code, stdout, stderr } = await tapbench(t, [verb], { env: { [variable]: value } })
    assert.ok(stderr.startsWith(`tapbench: ${variable}: `), stderr)
    assert.match(stderr, says)
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' })
  })

test("paths are the caller's", async (t) => {
  const args = ['tap', '--card', './card.yaml']
  const { code, stdout, stderr } = await tapbench(t, args, { cwd: folder })
  const expected = 'tapbench: ./card.yaml: applications.0.priority: expected at most 15\n'
  assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: '', stderr: expected })
})

test('TAPBENCH_DEBUG shows where an error comes from', async (t) => {
  const { code, stderr } = await tapbench(t, ['tap', '--profile', 'lab'], { env: { TAPBENCH_DEBUG: '1' } })
  assert.equal(code, 2)
  assert.match(stderr, /^\s+at .*profile\.ts/m)
})

test('help that was asked for is no error', async (t) => {
  const { code, stdout, stderr } = await tapbench(t, ['--help'])
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.match(stdout, /^Usage: tapbench/)
})
