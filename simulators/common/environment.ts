import { z } from 'zod'

/** A TCP port to listen on. */
export const port = z.coerce.number().int().min(1).max(65_535)
/** `http://…` or `https://…` */
export const httpUrl = z.url({ protocol: /^https?$/ })

/** `host=http://where host=http://where …`, as a hosts file would say it. */
export const hosts = z.string().transform((text, context) => {
  const pairs = text.split(/\s+/).filter((pair) => pair !== '')
  const entries = pairs.map((pair) => pair.split('=', 2))
  if (entries.every(([host, origin]) => host && httpUrl.safeParse(origin).success))
    return Object.fromEntries(entries) as Record<string, string>
  context.addIssue({ code: 'custom', message: 'expected host=http://where, separated by blanks' })
  return z.NEVER
})
