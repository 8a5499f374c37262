import { spawnSync } from 'node:child_process'

// Docker's compose client, whichever is there, within a time limit: the plugin `docker compose`, or the program docker-compose. It runs as
// `node compose-client.ts compose ARGUMENTS`. Exit code 124: not done in time; 127: there is none.

// Images are pulled meanwhile.
const LIMIT_MS = 15 * 60_000

const plugin = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' }).status === 0
const [program, ...first] = plugin ? ['docker', 'compose'] : ['docker-compose']
const given = process.argv.slice(3)
const { status, error } = spawnSync(program, [...first, ...given], { stdio: 'inherit', timeout: LIMIT_MS })
const code = (error as NodeJS.ErrnoException | undefined)?.code
if (code === 'ENOENT') process.stderr.write('expected docker compose or docker-compose, found neither\n')
if (code === 'ETIMEDOUT')
  process.stderr.write(`expected compose to be done in ${LIMIT_MS / 60_000} minutes\n`)
process.exitCode = { ENOENT: 127, ETIMEDOUT: 124 }[code ?? ''] ?? status ?? 1
