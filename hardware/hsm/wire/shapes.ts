export type Fields = Readonly<Record<string, unknown>>
export type Kind = 'bytes' | 'objects' | 'values'

/** Objects with the same fields, in the same order and of the same kinds. */
export class Shape {
  readonly names: readonly string[]
  readonly objects: Fields[] = []
  /** Where each of them is among all. */
  readonly places: number[] = []
  readonly #kinds: readonly Kind[]

  constructor(first: Fields) {
    this.names = Object.keys(first)
    this.#kinds = this.names.map((name) => kindOf(first[name]))
  }

  kindOf(at: number): Kind {
    return this.#kinds[at] as Kind
  }

  fits(object: Fields): boolean {
    let at = 0
    for (const name in object) {
      if (name !== this.names[at] || kindOf(object[name]) !== this.#kinds[at]) return false
      at++
    }
    return at === this.names.length
  }

  add(object: Fields, place: number): void {
    this.objects.push(object)
    this.places.push(place)
  }
}

/** Objects by their shapes. */
export function shapesOf(objects: readonly Fields[]): Shape[] {
  const shapes: Shape[] = []
  let shape: Shape | undefined
  let place = 0
  for (const object of objects) {
    if (!shape?.fits(object)) shape = shapes.find((other) => other.fits(object)) ?? added(shapes, object)
    shape.add(object, place++)
  }
  return shapes
}

function added(shapes: Shape[], first: Fields): Shape {
  const shape = new Shape(first)
  shapes.push(shape)
  return shape
}

function kindOf(value: unknown): Kind {
  if (typeof value !== 'object' || value === null) return 'values'
  if (value instanceof Uint8Array) return 'bytes'
  return value.constructor === Object ? 'objects' : 'values'
}
