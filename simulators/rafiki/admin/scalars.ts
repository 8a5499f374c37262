import { GraphQLError, type GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'

/** How a scalar of Rafiki's schema is read and written. */
interface ScalarCodec {
  /** What it is called in messages, if not by its name. */
  name?: string
  serialize: (value: unknown) => unknown
  parse: (value: unknown) => unknown
  literals: readonly Kind[]
}

/** Amounts go out as text, since they may be larger than 2^53. */
const CODECS: Record<string, ScalarCodec> = {
  UInt8: { serialize: uint8, parse: uint8, literals: [Kind.INT, Kind.STRING] },
  UInt64: {
    name: 'BigInt',
    serialize: (value) => uint64(value).toString(),
    parse: uint64,
    literals: [Kind.INT, Kind.FLOAT, Kind.STRING],
  },
  JSONObject: { serialize: object, parse: object, literals: [Kind.OBJECT] },
}

/** Gives a scalar that was read from schema text its codec. */
export function equipScalar(scalar: GraphQLScalarType): void {
  const codec = CODECS[scalar.name]
  if (codec === undefined) return
  if (codec.name !== undefined) scalar.name = codec.name
  scalar.serialize = codec.serialize
  scalar.parseValue = codec.parse
  scalar.parseLiteral = (node: ValueNode, variables) => {
    if (!codec.literals.includes(node.kind)) throw badInput(`Provided value is not a ${scalar.name}.`)
    return codec.parse(valueFromASTUntyped(node, variables))
  }
}

function uint8(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > 255)
    throw badInput('Provided value is not a UInt8.')
  return number
}

function uint64(value: unknown): bigint {
  const integral = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))
  if (!integral && typeof value !== 'string')
    throw new TypeError('Input must be of type bigint, number, or string.')
  const amount = BigInt(value as bigint | number | string)
  if (amount < 0n) throw new TypeError('Input must be unsigned.')
  return amount
}

function object(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badInput('Provided value is not a JSON object.')
  return value
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}
