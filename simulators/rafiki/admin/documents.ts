import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'

const MOST = 200

/** A document that can be executed, or why it cannot. */
export type Compiled =
  | { document: DocumentNode }
  | { invalid: readonly GraphQLError[] }
  | { unreadable: GraphQLError }

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
      return errors.length === 0 ? { document } : { invalid: errors }
    } catch (error) {
      if (error instanceof GraphQLError) return { unreadable: error }
      throw error
    }
  }
}
