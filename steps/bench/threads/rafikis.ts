import type { ServiceName } from '../../../simulators/rafiki/config.ts'
import { settleAll } from '../closer.ts'
import { bySide, type Side } from '../plan.ts'
import { startInstance } from './instance.ts'
import type { PartStart } from './part-options.ts'
import { switches } from './switches.ts'

/** What the bench can do with the two Rafikis that it starts. */
export interface RafikisFunctions {
  stop(side: Side, service: ServiceName): Promise<void>
  start(side: Side, service: ServiceName): Promise<void>
  /** Whether they do what is right where they otherwise copy a weakness. */
  harden(on: boolean): void
}

/** Starts both, which meet over HTTP alone. */
export async function startRafikis({ clocks, ...options }: PartStart): Promise<RafikisFunctions> {
  const [merchant, customer] = await settleAll([
    startInstance('merchant', { ...options, clock: clocks.merchant }),
    startInstance('customer', { ...options, clock: clocks.customer }),
  ])
  const services = bySide((side) => switches({ ...{ merchant, customer }[side]?.services }))
  return {
    stop: (side, service) => services[side].stop(service),
    start: (side, service) => services[side].start(service),
    harden: (on) => {
      merchant?.harden(on)
      customer?.harden(on)
    },
  }
}
