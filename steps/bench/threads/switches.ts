/** What can be closed and opened again. */
interface Switch {
  stop(): Promise<void>
  start(): Promise<void>
}

/** Whoever closes and opens services, by their names. */
export interface Switches<Name extends string> {
  stop(service: Name): Promise<void>
  start(service: Name): Promise<void>
}

export function switches<Name extends string>(services: Partial<Record<Name, Switch>>): Switches<Name> {
  const found = (service: Name): Switch => {
    const known: Switch | undefined = services[service]
    if (known !== undefined) return known
    throw new Error(`expected one of ${Object.keys(services).join(', ')}, got "${service}"`)
  }
  return {
    stop: async (service) => found(service).stop(),
    start: async (service) => found(service).start(),
  }
}
