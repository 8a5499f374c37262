import { DerError } from './error.ts'
import type { Der } from './reader.ts'

/** Takes the objects inside another one by one, so that a reader is a list of its fields. Throws {@link DerError} naming the field. */
export class Fields {
  readonly #what: string
  readonly #children: readonly Der[]
  #next = 0

  /** `what`: the type, for messages. The object must have the tag given. */
  constructor(der: Der, tag: number, what: string) {
    if (der.tag !== tag) throw new DerError(`${what}: expected tag ${hex(tag)}, got ${hex(der.tag)}`)
    this.#what = what
    this.#children = der.children
  }

  /** The next field, whatever its tag. */
  any(field: string): Der {
    const der = this.#children[this.#next++]
    if (der === undefined) throw new DerError(`${this.#what}: expected ${field}, got the end`)
    return der
  }

  /** The next field, which must have this tag. */
  take(tag: number, field: string): Der {
    const der = this.any(field)
    if (der.tag !== tag)
      throw new DerError(`${this.#what}: expected ${field} with tag ${hex(tag)}, got ${hex(der.tag)}`)
    return der
  }

  /** The next field if it has one of these tags. */
  optional(...tags: number[]): Der | undefined {
    const der = this.#children[this.#next]
    if (der === undefined || !tags.includes(der.tag)) return undefined
    this.#next++
    return der
  }

  /** Says that there is nothing more. */
  end(): void {
    if (this.#next !== this.#children.length)
      throw new DerError(`${this.#what}: expected ${this.#next} fields, got ${this.#children.length}`)
  }
}

/** The only object inside. */
export function only(der: Der, tag: number, what: string): Der {
  const fields = new Fields(der, tag, what)
  const child = fields.any('its content')
  fields.end()
  return child
}

function hex(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(2, '0')
}
