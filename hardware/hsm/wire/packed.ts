/**
 * Many objects of few shapes, by columns. Structured clone takes as long for a request and its reply as two MACs do, above all for bytes: so
 * what all have alike goes once, and all bytes are one block.
 */
export interface Packed {
  readonly count: number
  readonly groups: readonly Group[]
  readonly block: Uint8Array
}

/** Objects of one shape; `places`: where they are among all, null when there are no others. */
export interface Group {
  readonly places: readonly number[] | null
  readonly fields: Readonly<Record<string, Column>>
}

/** One field of all objects of a group; `bytes` lie in the block one behind the other, all of one length or each of its own. */
export type Column =
  | { readonly kind: 'same'; readonly value: unknown }
  | { readonly kind: 'each'; readonly values: readonly unknown[] }
  | { readonly kind: 'bytes'; readonly lengths: number | readonly number[] }
  | { readonly kind: 'objects'; readonly groups: readonly Group[] }
