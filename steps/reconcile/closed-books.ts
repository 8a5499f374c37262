import type { Profile } from '../bench/profile.ts'

/** Whose books a bench of this profile cannot read, in words; null when all are open. */
export function closedBooks({ merchantAse, customerAse }: Pick<Profile, 'merchantAse' | 'customerAse'>) {
  const sockets = { 'a merchant ASE': merchantAse.socket, 'a customer ASE': customerAse.socket }
  const outside = Object.entries(sockets).filter(([, socket]) => socket === 'external')
  if (outside.length === 0) return null
  return `of ${outside.map(([whose]) => whose).join(' and ')} of somebody else the books are not open`
}
