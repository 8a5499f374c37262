import type { HttpAnswer, HttpCall } from '../../../simulators/common/http-client.ts'
import { OFFICE_SECRET, type TrustRig } from './rig.ts'

/** A request of the merchant ASE's own people to its office; they show their secret unless told otherwise. */
export async function askOffice(
  { officeUrl, http }: Pick<TrustRig, 'officeUrl' | 'http'>,
  method: HttpCall['method'],
  path: string,
  body?: unknown,
  authorization = `Bearer ${OFFICE_SECRET}`,
): Promise<HttpAnswer & { body: Record<string, unknown> }> {
  const { status, body: answer } = await http.call({
    to: 'merchant-ase',
    method,
    url: `${officeUrl}${path}`,
    headers: { authorization },
    ...(body === undefined ? {} : { body }),
    timeoutMs: 10_000,
  })
  return { status, body: answer as Record<string, unknown> }
}
