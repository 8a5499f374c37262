import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Everything that a request is held against, in one round trip: the terminal with its merchant (as in 0003), the digest of the certificate that
 * it was onboarded with (null of one that was registered by hand), and whether the certificate that was shown, named by its serial number, was
 * revoked.
 */
const TERMINAL_AND_CERTIFICATE = `
create function terminal_and_certificate(p_terminal text, p_asset_code text, p_shown bytea) returns jsonb
language plpgsql stable as $$
begin
  return jsonb_build_object(
    'terminal', terminal_with_merchant(p_terminal, p_asset_code),
    'certificate', (select encode(sha256(signing_certificate), 'hex') from onboarded_terminals where terminal_id = p_terminal),
    'revoked', p_shown is not null and exists (select from revoked_certificates where serial = p_shown));
end $$`

export const certificates: Migration = {
  async up(db: Kysely<unknown>) {
    await sql.raw(TERMINAL_AND_CERTIFICATE).execute(db)
  },
}
