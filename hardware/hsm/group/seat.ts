import type { SignerProcess } from '../signer-process.ts'
import type { Member } from './member.ts'

/** Place of one signer on one token: empty until somebody asks for it, and again when its signer has ended or grown too large. */
export class Seat {
  readonly member: Member
  readonly #recycleAtBytes: number
  #signer: SignerProcess | undefined
  /** While its signer works or is being started. */
  serving: Promise<void> | undefined
  /** Batches that its signer has and did not answer yet. */
  underWay = 0

  /** A signer with more resident memory than that is replaced. */
  constructor(member: Member, recycleAtBytes: number) {
    this.member = member
    this.#recycleAtBytes = recycleAtBytes
  }

  get isAlive(): boolean {
    return this.#signer?.alive === true
  }

  /** Process id of the signer, when it lives. */
  get pid(): number | undefined {
    return this.isAlive ? this.#signer?.pid : undefined
  }

  /** Whether the signer that is there may be given more to do. */
  get isFit(): boolean {
    const fit = this.#signer?.alive === true && this.#signer.rssBytes <= this.#recycleAtBytes
    return fit && this.member.standing !== 'withdrawn'
  }

  /** The signer that is there, or a new one. Throws HsmError. */
  async signer(): Promise<SignerProcess> {
    if (this.#signer !== undefined && this.isFit) return this.#signer
    await this.close()
    this.#signer = undefined
    this.#signer = await this.member.login()
    return this.#signer
  }

  /** Ends the signer. Never throws. */
  async close(): Promise<void> {
    await this.#signer?.close()
  }
}
