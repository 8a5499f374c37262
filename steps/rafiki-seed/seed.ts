import { decisionsOf, type Plan, type Side } from '../bench/plan.ts'
import { type Admin, createWalletAddress, findWalletAddress, seedAsset, seedPeer } from '../bench/seeding.ts'
import { seedFee } from './fees.ts'
import type { SeedFixture } from './fixture.ts'

/** Names of the changes that were made, in their order: `CreateAsset`, `DepositPeer` …; none when everything was there. */
export type Changes = string[]

/** Gives one side's Rafiki what the fixture says, and tells what had to be changed for it. What is there stays as it is. */
export async function seedSide(
  side: Side,
  plan: Plan,
  admin: Admin,
  { assets, peering, walletAddresses }: SeedFixture,
): Promise<Changes> {
  const changes: Changes = []
  const watched = noting(admin, changes)
  const ids = new Map<string, string>()
  for (const { currency, sendingFee } of assets) {
    const id = await seedAsset(watched, currency)
    ids.set(currency, id)
    if (sendingFee !== undefined) await seedFee(watched, id, sendingFee)
  }
  const other = side === 'merchant' ? 'customer' : 'merchant'
  const tokens = { incomingToken: plan.peerTokens[other], outgoingToken: plan.peerTokens[side] }
  await seedPeer(watched, peering, ids.get(peering) ?? '', { ...plan.ilp[other], ...tokens })
  for (const { path, currency, name } of walletAddresses[side]) {
    const url = `https://${plan.walletHost[side]}/${path}`
    if ((await findWalletAddress(watched, url)) !== null) continue
    const properties = side === 'customer' ? decisionsOf(plan) : {}
    await createWalletAddress(watched, {
      url,
      assetId: ids.get(currency) ?? '',
      publicName: name,
      properties,
    })
  }
  return changes
}

/** The same access to the Admin API, which also notes the name of every mutation. */
function noting(admin: Admin, changes: Changes): Admin {
  return {
    run: async (query, variables) => {
      const answer = await admin.run<never>(query, variables)
      const name = /^mutation (\w+)/.exec(query)?.[1]
      if (name !== undefined) changes.push(name)
      return answer
    },
  }
}
