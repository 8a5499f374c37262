import type { KyselyPlugin, PluginTransformQueryArgs, PluginTransformResultArgs } from 'kysely'

/** Between a program and its database: while it is stopped every statement fails, as with a server that is gone; nothing that is stored is lost. */
export class DatabaseSwitch implements KyselyPlugin {
  #gone = false

  async stop(): Promise<void> {
    this.#gone = true
  }

  async start(): Promise<void> {
    this.#gone = false
  }

  transformQuery({ node }: PluginTransformQueryArgs): PluginTransformQueryArgs['node'] {
    if (this.#gone) throw new Error('expected the database to answer, it is gone')
    return node
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<PluginTransformResultArgs['result']> {
    return result
  }
}
