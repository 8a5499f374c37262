import { z } from 'zod'

type Environment = Readonly<Record<string, string | undefined>>

const url = z
  .url({ protocol: /^https?$/, error: 'expected http://… or https://…' })
  .transform((text) => text.replace(/\/+$/, ''))
const port = z.number().int().min(1).max(65_535)
const ilpAddress = z
  .string()
  .regex(/^(test|g|private|example|local)(\.[A-Za-z0-9_~-]+)+$/, 'expected an ILP address such as test.shop')
// A card carries its wallet address as a payment pointer, which has no port.
const host = z.string().regex(/^[a-z0-9.-]+$/, 'expected a host name in lower case, without a port')

/** The schema of the rafiki socket. Secrets are not in the profile: it names the variable of `environment` that holds each. */
export function rafikiSchema(environment: Environment) {
  const shared = z
    .strictObject({
      secretVariable: z
        .string()
        .refine(
          (name) => Boolean(environment[name]),
          'expected an environment variable that holds the secret',
        ),
      version: z.number().int().positive().default(1),
    })
    .transform(({ secretVariable, version }) => ({ secret: environment[secretVariable] ?? '', version }))
  const side = {
    adminUrl: url,
    openPaymentsUrl: url,
    walletAddressHost: host,
    authUrl: url.nullable().default(null),
    tenantId: z.uuid(),
    adminApi: shared,
    webhooks: shared,
    ilp: z.strictObject({ address: ilpAddress, endpoint: url }),
    /** Where this side's ASE listens, and the base URL by which Rafiki sees it. */
    ase: z.strictObject({ port, url }),
  }
  return z.discriminatedUnion(
    'socket',
    [
      z.strictObject({ socket: z.literal('embedded') }),
      z.strictObject({
        socket: z.literal('external'),
        listen: z.string().min(1).default('127.0.0.1'),
        merchant: z.strictObject({ ...side, pointOfSaleUrl: url }),
        customer: z.strictObject({ ...side, cardServiceUrl: url }),
      }),
      z.strictObject({
        socket: z.literal('docker'),
        // The containers reach this machine by an address of theirs, not of loopback.
        listen: z.string().min(1).default('0.0.0.0'),
        /** Variables of docker-compose.yml. */
        envFile: z.string().min(1).default('.tapbench/rafiki.env'),
      }),
    ],
    {
      error: ({ input }) =>
        `expected "embedded", "docker" or "external", got "${(input as { socket?: unknown }).socket}"`,
    },
  )
}

export type RafikiSocket = z.infer<ReturnType<typeof rafikiSchema>>
export type ExternalRafiki = Extract<RafikiSocket, { socket: 'external' }>
export type DockerRafiki = Extract<RafikiSocket, { socket: 'docker' }>
