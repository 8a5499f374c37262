import { randomBytes } from 'node:crypto'
import { benchFactory, benchTls } from './certificates.ts'
import { at, type Plan } from './plan.ts'

/** What merchant ASE, its own people, terminals and their manufacturer must know of each other before they start. */
export async function trustPlan(
  { terminals, office }: Pick<Plan['listen'], 'terminals' | 'office'>,
  host = '127.0.0.1',
): Promise<Pick<Plan, 'terminalsUrl' | 'tls' | 'office' | 'factory'>> {
  const [tls, factory] = await Promise.all([benchTls([host]), benchFactory()])
  return {
    terminalsUrl: `https://${host}:${terminals}`,
    tls,
    office: { url: at(office, host), secret: randomBytes(24).toString('hex') },
    factory,
  }
}
