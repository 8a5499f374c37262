import { concat } from '../../bytes/bytes.ts'
import { encryptEcb } from '../../mac/des.ts'
import { withOddParity } from '../../mac/parity.ts'
import { xor } from '../../mac/xor.ts'

const COUNTER_VALUES = 0x1_0000

/** Shape of a session key tree. */
export interface KeyTree {
  /** Levels under the master key. */
  height: number
  /** Children of a key. */
  branchFactor: number
  /** 16 bytes that stand in for the grandparent of the first level. */
  iv: Uint8Array
}

/**
 * Session key by the tree of EMV2000 4.0 Book 2, A1.3.1 (withdrawn from later editions): 16 bytes of odd parity. `atc`: 2 bytes. Throws
 * a RangeError when the tree has fewer leaves than the counter has values.
 */
export function treeSessionKey(masterKey: Uint8Array, atc: Uint8Array, tree: KeyTree): Uint8Array {
  const { height, branchFactor } = tree
  if (branchFactor ** height < COUNTER_VALUES)
    throw new RangeError(
      `expected a tree of at least ${COUNTER_VALUES} leaves, got ${branchFactor ** height}`,
    )
  const leaf = Buffer.from(atc).readUInt16BE()
  let parent = masterKey
  let grandparent = tree.iv
  for (let level = 1; level < height; level++) {
    const child = branch(
      parent,
      grandparent,
      Math.floor(leaf / branchFactor ** (height - level)) % branchFactor,
    )
    grandparent = parent
    parent = child
  }
  return withOddParity(xor(branch(parent, grandparent, leaf % branchFactor), grandparent))
}

function branch(parent: Uint8Array, grandparent: Uint8Array, child: number): Uint8Array {
  const zeros = new Uint8Array(7)
  const marks = concat(zeros, Uint8Array.of(child), zeros, Uint8Array.of(child ^ 0xf0))
  return encryptEcb(parent, xor(grandparent, marks))
}
