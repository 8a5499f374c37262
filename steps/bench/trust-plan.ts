import { benchFactory, benchTls } from './certificates.ts'
import type { Plan } from './plan.ts'

/** What merchant ASE, terminals and their manufacturer must know of each other before they start. */
export async function trustPlan(
  port: number,
  host = '127.0.0.1',
): Promise<Pick<Plan, 'terminalsUrl' | 'tls' | 'factory'>> {
  const [tls, factory] = await Promise.all([benchTls([host]), benchFactory()])
  return { terminalsUrl: `https://${host}:${port}`, tls, factory }
}
