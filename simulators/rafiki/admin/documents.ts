import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'

const MOST = 200

/** A document that can be executed, or why not, with the code of the HTTP 400. */
export type Compiled =
  | { document: DocumentNode }
  | { errors: readonly GraphQLError[]; code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED' }

/** Parses and validates each query text once. */
export class Documents {
  readonly #schema: GraphQLSchema
  readonly #known = new Map<string, Compiled>()

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
  }

  of(query: string): Compiled {
    const known = this.#known.get(query)
    if (known !== undefined) return known
    const compiled = this.#compile(query)
    if (this.#known.size >= MOST) this.#known.clear()
    this.#known.set(query, compiled)
    return compiled
  }

  #compile(query: string): Compiled {
    try {
      const document = parse(query)
      const errors = validate(this.#schema, document)
      return errors.length === 0 ? { document } : { errors, code: 'GRAPHQL_VALIDATION_FAILED' }
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error], code: 'GRAPHQL_PARSE_FAILED' }
      throw error
    }
  }
}
