import type { Container, Engine } from '../engine.ts'
import { SERVICES } from '../services.ts'

/** An engine in memory: what its containers are is what a test says. */
export class FakeEngine implements Engine {
  readonly states: Record<string, string> = {}
  readonly said: Record<string, string> = {}
  readonly done: string[] = []
  /** What compose says when it fails. */
  refusal: string | null = null

  /** Lets every service be in this state. */
  all(state: string): this {
    for (const { name } of SERVICES) this.states[name] = state
    return this
  }

  async up(): Promise<void> {
    this.done.push('up')
    if (this.refusal !== null) throw new Error(this.refusal)
    for (const { name } of SERVICES) this.states[name] ??= 'running'
  }

  async down(): Promise<void> {
    this.done.push('down')
    for (const name of Object.keys(this.states)) delete this.states[name]
  }

  async missingImages(): Promise<string[]> {
    return []
  }

  async containers(): Promise<Container[]> {
    return Object.entries(this.states).map(([service, state]) => ({
      service,
      state,
      logs: async () => this.said[service] ?? '',
      stop: async () => {
        this.states[service] = 'exited'
      },
      start: async () => {
        this.done.push(`start ${service}`)
        this.states[service] = 'running'
      },
    }))
  }
}
