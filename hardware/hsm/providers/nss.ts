/** What NSS softokn wants at C_Initialize: the folder of its database, which it makes when it is not there. */
export function nssParameters(directory: string): string {
  return `configdir='sql:${directory}' certPrefix='' keyPrefix='' secmod='secmod.db' flags=`
}
