/** What the bench can do with a merchant ASE of somebody else: nothing. It has no database and no token of ours to search either. */
export const outsideMerchant = {
  dump: async () => [],
  tokenPins: async () => [],
  payments: refuse,
  refunds: refuse,
  registerMerchant: refuse,
  setMerchantState: refuse,
  setWallets: refuse,
  registerTerminal: refuse,
  takeZonePinKeys: refuse,
  losePinKeys: refuse,
  stopHsm: refuse,
  startHsm: refuse,
  trustRoot: refuse,
}

async function refuse(): Promise<never> {
  throw new Error(
    'expected a merchant ASE that the bench controls, merchantAse.socket is external: tag the scenario @requires:controlled-merchant-ase',
  )
}
