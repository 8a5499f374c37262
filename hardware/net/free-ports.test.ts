import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { freePorts } from './free-ports.ts'

const run = promisify(execFile)
const MODULE = new URL('./free-ports.ts', import.meta.url).href

test('ports are given once, also when more are wanted than a block has', async () => {
  const ports = [...(await freePorts(60)), ...(await freePorts(60))]
  assert.equal(new Set(ports).size, 120)
  // A virtual reader takes the next one as well.
  assert.deepEqual(
    ports.filter((port) => ports.includes(port + 1)),
    [],
  )
})

test('a port that somebody listens on is not given', async (t) => {
  const [port = 0] = await freePorts(1)
  const next = port - 2
  const server = createServer()
  t.after(() => new Promise((resolve) => server.close(resolve)))
  await new Promise<void>((resolve) => server.listen(next, '127.0.0.1', resolve))
  assert.ok(!(await freePorts(50)).includes(next))
})

test('programs that run at the same time are given different ports', async () => {
  const mine = await freePorts(20)
  // With the same process number the other one would look where this one did.
  const other = `Object.defineProperty(process, 'pid', { value: ${process.pid} })
    const { freePorts } = await import('${MODULE}')
    process.stdout.write(JSON.stringify(await freePorts(20)))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', other])
  const theirs = JSON.parse(stdout) as number[]
  assert.deepEqual(
    theirs.filter((port) => mine.includes(port)),
    [],
  )
  assert.equal(new Set(theirs).size, 20)
})
