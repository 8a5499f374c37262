import type { FastifyInstance } from 'fastify'
import { type ExecutionResult, execute, type GraphQLError, type GraphQLSchema } from 'graphql'
import { z } from 'zod'
import { readTraceparent } from '../../../protocols/journal/traceparent.ts'
import { correlated } from '../../common/correlation.ts'
import { TEXT } from '../plain-server.ts'
import { Documents } from './documents.ts'
import type { SignatureGate } from './signature-gate.ts'

const body = z.object({
  query: z.string().min(1),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})
type Operation = z.infer<typeof body>

const INVALID = 'GRAPHQL_VALIDATION_FAILED'

/** The Admin API: `POST /graphql`, signed. HTTP statuses and error codes are those of Rafiki's Apollo server. */
export function adminRoutes(app: FastifyInstance, schema: GraphQLSchema, gate: SignatureGate): void {
  const documents = new Documents(schema)
  app.get('/graphql', (_request, reply) => reply.code(401).type(TEXT).send('Unauthorized'))
  app.post('/graphql', async (request, reply) => {
    const { headers } = request
    if (!gate.admits(headers['tenant-id'], headers.signature, request.body))
      return reply.code(401).type(TEXT).send('Unauthorized')
    const { data: operation } = body.safeParse(request.body)
    if (operation === undefined) return reply.code(400).send({ errors: [faultOf(request.body)] })
    const tap = readTraceparent(headers.traceparent)
    const [status, answer] = await correlated(tap, () => run(operation, schema, documents))
    return reply.code(status).send(answer)
  })
}

async function run(
  { query, variables, operationName }: Operation,
  schema: GraphQLSchema,
  documents: Documents,
): Promise<[number, unknown]> {
  const compiled = documents.of(query)
  if ('unreadable' in compiled) return [500, { errors: [stumbledOver(compiled.unreadable)] }]
  if ('invalid' in compiled) return [400, { errors: written(compiled.invalid, INVALID) }]
  const result: ExecutionResult = await execute({
    schema,
    document: compiled.document,
    variableValues: variables ?? {},
    operationName: operationName ?? null,
  })
  if (isAmbiguous(result)) return [400, { errors: written(result.errors, 'OPERATION_RESOLUTION_FAILURE') }]
  // Variables that do not fit their types end the execution before there are any data.
  if (!('data' in result)) return [400, { errors: written(result.errors, 'BAD_USER_INPUT') }]
  const { data, errors } = result
  return [200, errors === undefined ? { data } : { errors: written(errors, 'INTERNAL_SERVER_ERROR'), data }]
}

// Rafiki counts the tokens of a query before Apollo parses it, and does not expect that there is something it cannot read.
function stumbledOver(error: GraphQLError) {
  return { message: String(error), extensions: { code: INVALID } }
}

function written(errors: readonly GraphQLError[] = [], code: string): unknown[] {
  return errors.map((error) => ({
    message: error.message,
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
    extensions: { code, ...error.extensions },
  }))
}

// What Apollo says to a body that is no operation.
const FAULTS: [is: (body: object) => boolean, message: string][] = [
  [Array.isArray, 'Operation batching disabled.'],
  [
    (sent) => Object.keys(sent).length === 0,
    'POST body missing, invalid Content-Type, or JSON object has no keys.',
  ],
  [
    (sent) => 'variables' in sent && typeof sent.variables === 'string',
    '`variables` in a POST body should be provided as an object, not a recursively JSON-encoded string.',
  ],
  [() => true, 'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.'],
]

function faultOf(sent: unknown) {
  const [, message = ''] = FAULTS.find(([is]) => is(Object(sent))) ?? []
  return { message, extensions: { code: 'BAD_REQUEST' } }
}

function isAmbiguous({ errors }: ExecutionResult): boolean {
  return errors?.[0]?.message.startsWith('Must provide operation name') === true
}
