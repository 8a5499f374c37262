import type { FastifyInstance } from 'fastify'
import { type ExecutionResult, execute, type GraphQLError, type GraphQLSchema } from 'graphql'
import { z } from 'zod'
import { TEXT } from '../plain-server.ts'
import { Documents } from './documents.ts'
import type { SignatureGate } from './signature-gate.ts'

const body = z.object({
  query: z.string().min(1),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})
type Operation = z.infer<typeof body>

/** The Admin API: `POST /graphql`, signed. HTTP statuses and error codes are those of Rafiki's Apollo server. */
export function adminRoutes(app: FastifyInstance, schema: GraphQLSchema, gate: SignatureGate): void {
  const documents = new Documents(schema)
  app.post('/graphql', async (request, reply) => {
    const { headers } = request
    if (!gate.admits(headers['tenant-id'], headers.signature, request.body))
      return reply.code(401).type(TEXT).send('Unauthorized')
    const { data: operation } = body.safeParse(request.body)
    if (operation === undefined) return reply.code(400).send({ errors: [NO_QUERY] })
    const [status, answer] = await run(operation, schema, documents)
    return reply.code(status).send(answer)
  })
}

async function run(
  { query, variables, operationName }: Operation,
  schema: GraphQLSchema,
  documents: Documents,
): Promise<[number, unknown]> {
  const compiled = documents.of(query)
  if ('errors' in compiled) return [400, { errors: written(compiled.errors, compiled.code) }]
  const result: ExecutionResult = await execute({
    schema,
    document: compiled.document,
    variableValues: variables ?? {},
    operationName: operationName ?? null,
  })
  // Variables that do not fit their types end the execution before there are any data.
  if (!('data' in result)) return [400, { errors: written(result.errors, 'BAD_USER_INPUT') }]
  const { data, errors } = result
  return [200, errors === undefined ? { data } : { errors: written(errors, 'INTERNAL_SERVER_ERROR'), data }]
}

function written(errors: readonly GraphQLError[] = [], code: string): unknown[] {
  return errors.map((error) => ({
    message: error.message,
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
    extensions: { code, ...error.extensions },
  }))
}

const NO_QUERY = {
  message: 'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.',
  extensions: { code: 'BAD_REQUEST' },
}
