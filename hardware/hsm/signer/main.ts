import type { Failure, FromSigner, HsmReply, HsmRequest, HsmResults, ToSigner } from '../requests.ts'
import { verifyArqc } from './arqc.ts'
import { generateCardKey, importCardKey, importTransportKey } from './card-keys.ts'
import { asHsmError, initialiseToken, openToken, type TokenSession } from './cryptoki.ts'
import { Keys } from './keys.ts'

/**
 * A signer: the only kind of process that loads the PKCS#11 module and holds a session. It is told the PIN over its IPC channel, works off
 * batches of requests in order, and ends with that channel: when the client closes it or dies.
 */
let token: TokenSession | undefined
let keys: Keys | undefined

process.on('message', (message: ToSigner) => send(ANSWERS[message.type](message as never)))
process.on('disconnect', () => process.exit())
// Ctrl-C reaches the whole process group; when to end is the client's decision.
process.on('SIGINT', () => {})

const ANSWERS: { [Type in ToSigner['type']]: (message: Extract<ToSigner, { type: Type }>) => FromSigner } = {
  initialise: ({ access, securityOfficerPin }) => ready(() => initialiseToken(access, securityOfficerPin)),
  open: ({ access }) =>
    ready(() => {
      token = openToken(access)
      keys = new Keys(token)
    }),
  batch: ({ requests }) => ({ type: 'replies', replies: requests.map(answer) }),
}

function ready(action: () => void): FromSigner {
  try {
    action()
    return { type: 'ready' }
  } catch (error) {
    return { type: 'ready', failure: failureOf(error) }
  }
}

function answer(request: HsmRequest): HsmReply {
  const started = performance.now()
  try {
    const result = perform(request)
    return { us: microsecondsSince(started), result }
  } catch (error) {
    return { us: microsecondsSince(started), failure: failureOf(error) }
  }
}

function perform(request: HsmRequest): HsmResults[HsmRequest['operation']] {
  if (token === undefined || keys === undefined) throw new Error('expected "open" before the first batch')
  switch (request.operation) {
    case 'VerifyArqc':
      return verifyArqc(token, keys, request)
    case 'GenerateCardKey':
      return generateCardKey(token, keys, request)
    case 'ImportTransportKey':
      return importTransportKey(token, keys, request)
    case 'ImportCardKey':
      return importCardKey(token, keys, request)
  }
}

function failureOf(error: unknown): Failure {
  const { code, what } = asHsmError('the signer to do its work', error)
  return { code, what }
}

function microsecondsSince(started: number): number {
  return Math.round((performance.now() - started) * 1000)
}

function send(message: FromSigner): void {
  process.send?.(message)
}
