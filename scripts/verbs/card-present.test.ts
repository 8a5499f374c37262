import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { findSecrets } from '../../steps/report/secrets.ts'
import { Command, tapbench } from '../testing/command.ts'

const LINE = /^card "(?<card>.+)" is in reader "(?<reader>.+)"; PCSCLITE_CSOCK_NAME=(?<socket>\/\S+)\n$/

const readSchema = z.strictObject({
  reader: z.string(),
  apdus: z.array(
    z.strictObject({
      command: z.string(),
      response: z.string().regex(/^[0-9A-F*]*[0-9A-F]{4}$/),
      us: z.number().positive(),
      decoded: z.array(
        z.strictObject({
          depth: z.int(),
          name: z.string(),
          hex: z.string(),
          meaning: z.string().nullable(),
        }),
      ),
    }),
  ),
})

test('a presented card can be read by another PC/SC program until Ctrl-C, which leaves nothing', async (t) => {
  const command = await Command.start(t, ['card', 'present', 'interledger-p256'])
  const { groups } = await command.says(LINE)
  const { card, reader = '', socket = '' } = groups ?? {}
  assert.equal(card, 'interledger-p256')

  const read = await tapbench(t, ['card', 'read', '--json'], { env: { PCSCLITE_CSOCK_NAME: socket } })
  assert.deepEqual({ code: read.code, stderr: read.stderr }, { code: 0, stderr: '' })
  const document = readSchema.parse(JSON.parse(read.stdout))
  assert.equal(document.reader, reader)
  assert.deepEqual(findSecrets(read.stdout, []), [])
  const walletAddress = Buffer.from('$wallet.tapbench.example/holder').toString('hex').toUpperCase()
  assert.ok(document.apdus.some(({ response }) => response.includes(`C11F${walletAddress}`)))

  command.signal('SIGINT')
  const { code, stdout, stderr } = await command.ended
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.match(stdout, LINE)
  await command.leftNothing()
})
