import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import { broken, paymentAnswer, refusal } from './answers.ts'
import {
  OFFICE_OPERATIONS,
  OFFICE_REFUSAL_STATUSES,
  type OfficeOperation,
  officeRefusal,
  oneMerchant,
} from './office-operations.ts'
import { OPERATIONS, type Operation } from './operations.ts'

const SIGNATURE_HEADERS = [
  {
    name: 'signature-input',
    in: 'header',
    required: true,
    schema: { type: 'string' },
    description:
      'RFC 9421: covers `@method`, `@target-uri`, `content-type`, `content-length` and `content-digest`, with `created`, `nonce` and `keyid`, the terminal',
  },
  {
    name: 'signature',
    in: 'header',
    required: true,
    schema: { type: 'string' },
    description: 'Ed25519 or P-256',
  },
  {
    name: 'content-digest',
    in: 'header',
    required: true,
    schema: { type: 'string' },
    description: 'RFC 9530, of the body as it is sent',
  },
]
const TRACEPARENT = {
  name: 'traceparent',
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description:
    'W3C Trace Context: its trace id is the id of the tap in journal and traces; else the request id is',
}

/** What more than one answer is. */
const SHARED: Readonly<Record<string, z.ZodType>> = {
  PaymentAnswer: paymentAnswer,
  Refusal: refusal,
  Broken: broken,
  OfficeRefusal: officeRefusal,
  Merchant: oneMerchant,
}

// It listens on a port of its own, in the network of the merchant ASE's people.
const OFFICE_SERVER = {
  url: 'http://127.0.0.1:{port}',
  description: 'The office',
  variables: { port: { default: '3102', description: 'OFFICE_PORT' } },
}

/** The POS API in words for machines: OpenAPI 3.1, made from the very schemas that read the requests. */
export function openApiDocument(): Record<string, unknown> {
  const paths = Object.entries(OPERATIONS).map(([path, operation]) => [
    path,
    { post: postOf(path, operation) },
  ])
  return {
    openapi: '3.1.0',
    info: {
      title: 'POS API',
      version: '1',
      description:
        'What a terminal asks of a merchant ASE: payments, and the trust that they rest on. Bodies are JSON of at most 64 KB. Then what its own people ask of its office, at another server.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { terminalCertificate: [] }],
    paths: { ...Object.fromEntries(paths), ...officePaths() },
    components: {
      schemas: Object.fromEntries(
        Object.entries(SHARED).map(([name, schema]) => [name, jsonSchema(schema, 'output')]),
      ),
      securitySchemes: {
        terminalCertificate: {
          type: 'mutualTLS',
          description:
            'The certificate that the terminal was onboarded with. A terminal that was registered by hand has none.',
        },
        officeSecret: { type: 'http', scheme: 'bearer', description: 'OFFICE_SECRET' },
      },
    },
  }
}

function officePaths(): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of OFFICE_OPERATIONS) {
    const { method, path } = operation
    paths[path] = { servers: [OFFICE_SERVER], ...paths[path], [method]: officeOf(operation) }
  }
  return paths
}

function officeOf({ method, path, summary, request, answer }: OfficeOperation) {
  const refusals = OFFICE_REFUSAL_STATUSES.map((status) => [status, officeRefusal] as const)
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }
  return {
    operationId: `office-${method}-${path.slice(1).replaceAll(/[{}]/g, '').replaceAll('/', '-')}`,
    summary,
    security: [{ officeSecret: [] }],
    parameters: path.includes('{id}') ? [id] : [],
    ...(request === null ? {} : { requestBody: bodyOf(request) }),
    responses: responsesOf([[200, answer], ...refusals, [500, broken]]),
  }
}

function postOf(path: string, { summary, description, request, signed, answers }: Operation) {
  return {
    operationId: path.slice(1).replaceAll('/', '-'),
    summary,
    description,
    parameters: [...(signed ? SIGNATURE_HEADERS : []), TRACEPARENT],
    requestBody: bodyOf(request),
    responses: responsesOf(Object.entries(answers)),
  }
}

function bodyOf(request: z.ZodType) {
  return { required: true, content: { 'application/json': { schema: jsonSchema(request, 'input') } } }
}

function responsesOf(answers: readonly (readonly [status: string | number, schema: z.ZodType])[]) {
  const responses = answers.map(([status, schema]) => [
    status,
    {
      description: STATUS_CODES[status] ?? '',
      content: { 'application/json': { schema: answerSchema(schema) } },
    },
  ])
  return Object.fromEntries(responses)
}

function answerSchema(schema: z.ZodType) {
  const shared = Object.keys(SHARED).find((name) => SHARED[name] === schema)
  return shared === undefined ? jsonSchema(schema, 'output') : { $ref: `#/components/schemas/${shared}` }
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // JSON has no bigint: amounts are decimal texts or numbers.
      if (zodSchema._zod.def.type === 'bigint') Object.assign(jsonSchema, { type: ['string', 'integer'] })
    },
  })
  return rest
}
