import { HsmError } from '../error.ts'
import type { Member, Standing } from './member.ts'
import type { Seat } from './seat.ts'

/** How a token stands; `reason`: why it is away. */
export interface TokenStanding {
  readonly name: string
  readonly standing: Standing
  readonly reason: string | null
  /** Process ids of its signers that live. */
  readonly pids: readonly number[]
}

/** Who is there: the tokens of a pool and the seats of their signers. */
export class Roster {
  readonly members: readonly Member[]
  readonly seats: readonly Seat[]

  constructor(members: readonly Member[], seats: readonly Seat[]) {
    this.members = members
    this.seats = seats
  }

  get standings(): TokenStanding[] {
    return this.members.map((member) => ({
      name: member.name,
      standing: member.standing,
      reason: member.reason?.what ?? null,
      pids: this.seatsOf(member).flatMap(({ pid }) => pid ?? []),
    }))
  }

  get isAnyThere(): boolean {
    return this.members.some(({ standing }) => standing === 'there')
  }

  /** Whether a seat may take what waits. When no token is there, any may have come back. */
  mayServe({ member: { standing }, isAlive }: Seat): boolean {
    if (standing === 'withdrawn') return false
    return standing === 'there' || isAlive || !this.isAnyThere
  }

  seatsOf(member: Member): Seat[] {
    return this.seats.filter((seat) => seat.member === member)
  }

  /** Throws INVALID_INPUT_DATA when no token has this name. */
  named(name: string): Member {
    const found = this.members.find((member) => member.name === name)
    if (found !== undefined) return found
    const names = this.members.map((member) => `"${member.name}"`).join(' or ')
    throw new HsmError('INVALID_INPUT_DATA', `expected the token ${names}, got "${name}"`)
  }

  /** Throws TOKEN_NOT_PRESENT when a token is the only one that is there. */
  expectOtherThan(member: Member): void {
    if (this.members.some((other) => other !== member && other.standing === 'there')) return
    throw new HsmError(
      'TOKEN_NOT_PRESENT',
      `expected another token beside "${member.name}", got none that is there`,
    )
  }

  /** That no token is there; of a lone one, what it said itself. */
  nobody(error: unknown): unknown {
    if (this.members.length === 1) return error
    const reasons = this.members.map(({ name, reason }) => `"${name}": ${reason?.what ?? 'withdrawn'}`)
    return new HsmError(
      'TOKEN_NOT_PRESENT',
      `expected one token of the group, got none (${reasons.join('; ')})`,
    )
  }
}
