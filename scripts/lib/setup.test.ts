import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'

// Of the machine; everything else that the script calls is either a stub or missing.
const TOOLS = ['bash', 'cat', 'cut', 'dirname', 'env', 'mkdir', 'rm', 'sha256sum', 'tail', 'uname']

interface Machine {
  /** Commands that are there, with what they do in shell. */
  stubs?: Record<string, string>
  /** Lines of the list of Debian packages. */
  packages?: string
}

interface Result {
  code: number
  stderr: string
  /** Arguments of every call of a stub, in order. */
  calls: string[]
}

const USER = { id: 'echo 1000' }
const ROOT_USER = { id: 'echo 0' }
const MISSING = 'first /nowhere/first\nthere /bin\nsecond nowhere-such-command'
const NODE = { node: 'case "$1" in -p) echo true ;; *) echo v24.0.0 ;; esac' }
const APT = { 'apt-get': '' }

/** Sources the script in a project of its own on a made-up machine and runs `setup`, or `what`. */
async function setup(
  t: TestContext,
  { stubs = {}, packages = '' }: Machine,
  what = 'setup',
): Promise<Result> {
  const project = await mkdtemp(join(tmpdir(), 'tb-setup-'))
  t.after(() => rm(project, { recursive: true, force: true }))
  await mkdir(join(project, 'scripts/lib'), { recursive: true })
  await mkdir(join(project, 'node_modules'))
  await copyFile(join(import.meta.dirname, 'setup.sh'), join(project, 'scripts/lib/setup.sh'))
  await writeFile(join(project, 'package-lock.json'), '{}')
  const bin = await makeTools(project, stubs)
  const script = `. scripts/lib/setup.sh; debian_packages() { printf '%s\\n' "$PACKAGES"; }; ${what}`
  const env = { PATH: bin, CALLS: join(project, 'calls'), PACKAGES: packages }
  const { code, stderr } = await run('/bin/bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    cwd: project,
    env,
  })
  const calls = await readFile(env.CALLS, 'utf8').catch(() => '')
  return { code, stderr, calls: calls.split('\n').filter((line) => line !== '') }
}

async function makeTools(project: string, stubs: Record<string, string>): Promise<string> {
  const bin = join(project, 'bin')
  await mkdir(bin)
  for (const tool of TOOLS) await symlink(await whereIs(tool), join(bin, tool))
  for (const [name, body] of Object.entries(stubs)) {
    const call = name === 'id' || name === 'node' ? '' : `echo "${name} $*" >>"$CALLS"\n`
    await writeFile(join(bin, name), `#!/bin/bash\n${call}${body}\n`, { mode: 0o755 })
  }
  return bin
}

async function whereIs(tool: string): Promise<string> {
  const { stdout } = await run('/bin/sh', ['-c', `command -v ${tool}`], {})
  return stdout.trim()
}

function run(
  file: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string> },
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(file, args, { ...options, timeout: 30_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })
}

const COMMAND = 'apt-get update && apt-get install -y --no-install-recommends first second'

const REFUSED: [what: string, machine: Machine, says: RegExp[]][] = [
  [
    'packages are missing and sudo is not there',
    { packages: MISSING, stubs: { ...USER, ...APT } },
    [/may not be installed from here\. Run as root/, new RegExp(`^  ${COMMAND}$`, 'm')],
  ],
  [
    'packages are missing and sudo wants a password',
    { packages: MISSING, stubs: { ...USER, ...APT, sudo: 'exit 1' } },
    [/may not be installed from here\. Run as root/, new RegExp(`^  ${COMMAND}$`, 'm')],
  ],
  [
    'packages are missing and this is no Debian',
    { packages: MISSING, stubs: ROOT_USER },
    [/missing: first second\. This is not a Debian: install what corresponds/],
  ],
  [
    'packages cannot be installed',
    { packages: MISSING, stubs: { ...ROOT_USER, 'apt-get': 'echo "no network"; exit 100' } },
    [/^no network$/m, /installing failed .*apt\.log/, new RegExp(`^  ${COMMAND}$`, 'm')],
  ],
  ['npm is missing', {}, [/npm is missing: install Node 20 or newer/]],
  [
    'npm fails',
    { stubs: { npm: 'echo "no registry"; exit 1' } },
    [/^no registry$/m, /npm ci failed .*npm\.log/, /^ {2}npm ci --ignore-scripts$/m],
  ],
  ['there is no Node', { stubs: { npm: '' } }, [/expected Node 24 .*, found: none/]],
  [
    'Node is old',
    { stubs: { npm: '', node: 'case "$1" in -p) echo false ;; *) echo v20.9.0 ;; esac' } },
    [/expected Node 24 .*, found: v20\.9\.0/],
  ],
  [
    'the bindings cannot be built',
    { stubs: { ...NODE, npm: 'if [ "$1" = rebuild ]; then echo "no compiler"; exit 1; fi' } },
    [/^no compiler$/m, /building the bindings failed .*rebuild\.log/],
  ],
]

for (const [what, machine, says] of REFUSED)
  test(`${what}: exit code 3 and what to do`, async (t) => {
    const { code, stderr, calls } = await setup(t, machine)
    assert.equal(code, 3, stderr)
    for (const pattern of says) assert.match(stderr, pattern)
    const installs = calls.filter((call) => call.startsWith('apt-get'))
    assert.ok(machine.stubs?.['apt-get']?.includes('100') ? installs.length === 1 : installs.length === 0)
  })

const INSTALLING: [who: string, stubs: Record<string, string>, how: string][] = [
  ['root', ROOT_USER, 'apt-get update'],
  ['who has sudo without a password', { ...USER, sudo: 'shift; "$@"' }, 'sudo -n apt-get update'],
]

for (const [who, stubs, how] of INSTALLING)
  test(`what is missing is installed by ${who}, and nothing else`, async (t) => {
    const { code, stderr, calls } = await setup(t, {
      packages: MISSING,
      stubs: { ...APT, ...NODE, npm: '', ...stubs },
    })
    assert.equal(code, 0, stderr)
    assert.ok(calls.includes(how), calls.join('\n'))
    assert.ok(calls.includes('apt-get install -y --no-install-recommends first second'), calls.join('\n'))
    const npm = calls.filter((call) => call.startsWith('npm')).map((call) => call.split(' --')[0])
    assert.deepEqual(npm, ['npm ci', 'npm rebuild smartcard pkcs11js'])
  })

test('nothing is installed a second time', async (t) => {
  const again = 'setup; : >"$CALLS"; setup'
  const { code, stderr, calls } = await setup(t, { stubs: { ...NODE, npm: '' } }, again)
  const once =
    'tapbench: installing npm packages from the lockfile\ntapbench: building the PC/SC and PKCS#11 bindings\n'
  assert.deepEqual({ code, stderr, calls }, { code: 0, stderr: once, calls: [] })
})
