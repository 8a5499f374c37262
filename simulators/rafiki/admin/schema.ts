import { readFileSync } from 'node:fs'
import {
  buildSchema,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
  isScalarType,
} from 'graphql'
import { Refusal } from '../backend/refusals.ts'
import { equipScalar } from './scalars.ts'

/** A field of Query or Mutation: from its arguments to the object that the type's fields are read from. */
export type Resolver = (args: never) => unknown
export type Resolvers = Record<'Query' | 'Mutation', Record<string, Resolver>>

/** The schema of `schema.graphql` with these resolvers. Throws when a field of Query or Mutation has none. */
export function adminSchema(resolvers: Resolvers): GraphQLSchema {
  const text = readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8')
  const schema = buildSchema(text)
  Object.values(schema.getTypeMap()).filter(isScalarType).forEach(equipScalar)
  for (const [name, fields] of Object.entries(resolvers)) attach(schema, name, fields)
  return schema
}

function attach(schema: GraphQLSchema, typeName: string, resolvers: Record<string, Resolver>): void {
  const type = schema.getType(typeName)
  if (!isObjectType(type)) throw new Error(`expected an object type ${typeName} in the schema`)
  for (const [name, field] of Object.entries(type.getFields())) {
    const resolver = resolvers[name]
    if (resolver === undefined) throw new Error(`expected a resolver for ${typeName}.${name}`)
    field.resolve = resolve(resolver)
  }
}

function resolve(resolver: Resolver): GraphQLFieldResolver<unknown, unknown> {
  return async (_source, args) => {
    try {
      return await resolver(args as never)
    } catch (error) {
      throw error instanceof Refusal ? refusedBy(error) : error
    }
  }
}

function refusedBy({ message, code, details }: Refusal): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...(details === undefined ? {} : { details }) } })
}
