import type { Admin } from '../bench/seeding.ts'
import type { SeedFee } from './fixture.ts'

const FIND_FEE = `query FindFee($id: String!) { asset(id: $id) { sendingFee { fixed basisPoints } } }`
const SET_FEE = `mutation SetFee($input: SetFeeInput!) { setFee(input: $input) { fee { id } } }`

interface Found {
  asset: { sendingFee: { fixed: string | number; basisPoints: number } | null } | null
}

/** Lets an asset have a sending fee, unless it has the same. Throws what the Admin API refuses. */
export async function seedFee(admin: Admin, assetId: string, fee: SeedFee): Promise<void> {
  const { asset } = await admin.run<Found>(FIND_FEE, { id: assetId })
  const there = asset?.sendingFee
  if (Number(there?.fixed) === fee.fixed && there?.basisPoints === fee.basisPoints) return
  const details = { fixed: String(fee.fixed), basisPoints: fee.basisPoints }
  await admin.run(SET_FEE, { input: { assetId, type: 'SENDING', fee: details } })
}
