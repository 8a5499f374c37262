/** What the bench can do with a merchant ASE of somebody else: nothing. It has no database and no token of ours to search either. */
export const outsideMerchant = {
  dump: async () => [],
  tokenPins: async () => [],
  stop: refuseMerchant,
  start: refuseMerchant,
  payments: refuseMerchant,
  refunds: refuseMerchant,
  registerMerchant: refuseMerchant,
  setMerchantState: refuseMerchant,
  setWallets: refuseMerchant,
  registerTerminal: refuseMerchant,
  takeZonePinKeys: refuseMerchant,
  losePinKeys: refuseMerchant,
  stopHsm: refuseMerchant,
  startHsm: refuseMerchant,
  trustRoot: refuseMerchant,
}

/** What the bench can do with a customer ASE of somebody else: nothing either. It cannot see when that is idle. */
export const outsideCustomer = {
  dump: async () => [],
  tokenPins: () => [],
  hsmMatrix: () => [],
  idle: async () => {},
  stop: refuseCustomer,
  start: refuseCustomer,
  openAccount: refuseCustomer,
  issueCard: refuseCustomer,
  setCardState: refuseCustomer,
  account: refuseCustomer,
  card: refuseCustomer,
  entries: refuseCustomer,
  credits: refuseCustomer,
  behave: refuseCustomer,
  hsmTokens: refuseCustomer,
  withdraw: refuseCustomer,
  admit: refuseCustomer,
  sharePinKeys: refuseCustomer,
}

function refuseMerchant(): never {
  return refuse('merchant')
}

/** Throws what to do about a scenario that wants something of the issuer which only ours does. */
export function refuseCustomer(): never {
  return refuse('customer')
}

function refuse(side: 'merchant' | 'customer'): never {
  throw new Error(
    `expected a ${side} ASE that the bench controls, ${side}Ase.socket is external: tag the scenario @requires:controlled-${side}-ase`,
  )
}
