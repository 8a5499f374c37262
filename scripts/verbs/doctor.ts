import { execFileSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { connect } from 'node:net'
import { placesInWords } from '../../hardware/hsm/capabilities/placement.ts'
import { PROVIDERS } from '../../hardware/hsm/providers/providers.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { loadProfile } from '../../steps/bench/profile.ts'
import { EXIT } from '../lib/exit.ts'
import { providerMatrix, titleOf } from '../lib/provider-matrix.ts'

interface Finding {
  what: string
  /** What is there; null when it is lacking. */
  found: string | null
  /** Whether the default bench needs it. */
  needed: boolean
  /** The command or setting that mends it. */
  mend: string
}

interface Probe {
  what: string
  needed: boolean
  mend: string
  look: () => string | null | Promise<string | null>
}

const apt = (name: string) => `apt-get install -y --no-install-recommends ${name}`
const file =
  (...patterns: string[]) =>
  () =>
    globSync(patterns)[0] ?? null

const PROBES: readonly Probe[] = [
  {
    what: 'Node',
    needed: true,
    mend: 'scripts/run installs Node 24 from the lockfile',
    look: () => atLeast(process.version, 22),
  },
  { what: 'PC/SC service (pcscd)', needed: true, mend: apt('pcscd'), look: file('/usr/sbin/pcscd') },
  {
    what: 'virtual reader driver (vsmartcard-vpcd)',
    needed: true,
    mend: apt('vsmartcard-vpcd'),
    look: file('/usr/lib/pcsc/drivers/serial/libifdvpcd.so*'),
  },
  {
    what: 'PKCS#11 module (SoftHSM2)',
    needed: true,
    mend: apt('softhsm2'),
    look: file('/usr/lib/*/softhsm/libsofthsm2.so', '/usr/lib/softhsm/libsofthsm2.so'),
  },
  { what: 'C compiler', needed: true, mend: apt('g++'), look: () => firstLine('cc', '--version') },
  {
    what: 'PC/SC headers',
    needed: true,
    mend: apt('libpcsclite-dev'),
    look: file('/usr/include/PCSC/winscard.h'),
  },
  {
    what: 'PC/SC binding (smartcard)',
    needed: true,
    mend: 'npm rebuild smartcard',
    look: () => loads('smartcard'),
  },
  {
    what: 'PKCS#11 binding (pkcs11js)',
    needed: true,
    mend: 'npm rebuild pkcs11js',
    look: () => loads('pkcs11js'),
  },
  {
    what: 'real readers (the system’s pcscd)',
    needed: false,
    mend: 'plug in a reader and start pcscd, for --reader',
    look: systemReaders,
  },
  {
    what: 'PostgreSQL (DATABASE_URL)',
    needed: Boolean(process.env.DATABASE_URL),
    mend: 'set DATABASE_URL=postgres://… to use a server; without it the databases are embedded',
    look: databaseServer,
  },
]

/** Prints what this machine has and lacks, with the command that mends it; exit code 3 when something needed lacks. */
export async function doctor({ json }: { json?: boolean }): Promise<number> {
  const findings: Finding[] = []
  for (const { look, ...rest } of PROBES) findings.push({ ...rest, found: await look() })
  findings.push(...(await hsmFindings()))
  const ready = findings.every(({ needed, found }) => !needed || found !== null)
  if (json) process.stdout.write(`${JSON.stringify({ ready, findings }, null, 2)}\n`)
  else
    process.stdout.write(
      `${findings.map(line).join('\n')}\n\n${ready ? 'The simulator profile can run.' : 'Something is lacking.'}\n`,
    )
  return ready ? EXIT.done : EXIT.lacking
}

/** Which provider does how much where; the whole matrix is `tapbench hsm providers`. */
async function hsmFindings(): Promise<Finding[]> {
  const columns = await withClosers(async (closers) => {
    const { path } = await closing(closers, temporaryFolder())
    return providerMatrix(process.env, path)
  })
  return columns.map((column) => ({
    what: `HSM operations of ${titleOf(column)}`,
    found: column.operations && placesInWords(column.operations),
    needed: false,
    mend: column.reason ?? PROVIDERS[column.provider].install,
  }))
}

function line({ what, found, needed, mend }: Finding): string {
  if (found !== null) return `  ok       ${what}: ${found}`
  return `  ${needed ? 'LACKING' : 'absent '}  ${what}\n             ${mend}`
}

function atLeast(version: string, major: number): string | null {
  return Number(version.slice(1).split('.')[0]) >= major ? version : null
}

function firstLine(command: string, ...args: string[]): string | null {
  try {
    return (
      execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0] ??
      null
    )
  } catch {
    return null
  }
}

async function loads(name: string): Promise<string | null> {
  try {
    await import(name)
    return 'loads'
  } catch {
    return null
  }
}

function systemReaders(): string | null {
  return existsSync('/run/pcscd/pcscd.comm')
    ? 'service is running; scripts/tapbench card read names its readers'
    : null
}

function databaseServer(): Promise<string | null> | null {
  const { database } = loadProfile('simulator', process.env)
  if (database.url === null) return null
  const { hostname, port } = new URL(database.url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname || '127.0.0.1', port: Number(port || 5432), timeout: 2_000 })
    const end = (answer: string | null) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(`answers at ${hostname}:${port || 5432}`))
    socket.once('error', () => end(null))
    socket.once('timeout', () => end(null))
  })
}
