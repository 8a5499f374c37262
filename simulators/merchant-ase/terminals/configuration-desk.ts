import { z } from 'zod'
import { signConfiguration } from '../../../protocols/onboarding/signed-configuration.ts'
import type { Authority } from './authority.ts'
import type { ConfigurationBook, CurrentConfiguration } from './configuration-book.ts'
import { expectActive } from './merchant-standing.ts'
import { readBody } from './onboarding-request.ts'
import type { Sender } from './sender.ts'
import { refuse } from './trust-answer.ts'
import type { TrustContext } from './trust-config.ts'

/** `version`: of the configuration in use; null for none. */
export const configurationRequest = z.object({ version: z.number().int().min(1).nullable() })

/** `POST /configuration`: what a terminal is to be set up by, signed for it alone and for a limited time. */
export class ConfigurationDesk {
  readonly #context: TrustContext
  readonly #authority: Authority
  readonly #book: ConfigurationBook

  constructor(context: TrustContext, authority: Authority, book: ConfigurationBook) {
    this.#context = context
    this.#authority = authority
    this.#book = book
  }

  /** The answer, or Refused. Signed anew each time: who has the newest version already gets it for longer. */
  async send({ terminalId, merchantId }: Sender, body: string): Promise<Record<string, unknown>> {
    const { version } = readBody(configurationRequest, body)
    await expectActive(this.#context.db, merchantId)
    await this.#book.noteHeld(terminalId, version)
    const current = (await this.#book.current(terminalId)) ?? refuse('configuration_missing')
    const content = this.#documentOf(terminalId, current)
    const crl = await this.#authority.crl()
    const signed = await signConfiguration(content, this.#context.keys.configurator, crl)
    return Object.fromEntries(
      Object.entries(signed).map(([field, bytes]) => [field, Buffer.from(bytes).toString('base64')]),
    )
  }

  #documentOf(terminalId: string, { version, content }: CurrentConfiguration): Uint8Array {
    const { clock, periods } = this.#context
    const now = clock.now()
    const head = { terminalId, version, issuedAt: now, expiresAt: now + periods.configuration }
    return Buffer.from(JSON.stringify({ ...head, ...JSON.parse(content) }))
  }
}
