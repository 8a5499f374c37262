// Byte 4, bit 8 of the TVR: transaction exceeds floor limit (EMV 4.4 Book 3, Annex C5).
const FLOOR_LIMIT = '0000008000'
const RULES = {
  actionCodes: { denial: '0000000000', online: FLOOR_LIMIT, default: FLOOR_LIMIT },
  randomSelection: { target: 0, maximum: 0, threshold: 0 },
}

/** Settings of a contact kernel with this floor limit (minor units) for all applications, and no other rule of the acquirer. */
export function withFloorLimit(settings: Record<string, unknown>, floorLimit: number): typeof settings {
  const { applications, ...others } = settings.contact as { applications: object[] }
  const limited = applications.map((application) => ({ ...application, ...RULES, floorLimit }))
  return { ...settings, contact: { ...others, applications: limited } }
}
