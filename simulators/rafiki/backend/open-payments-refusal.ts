import type { FastifyReply } from 'fastify'

/** An error as Rafiki's Open Payments server writes it. */
export function refuse(
  reply: FastifyReply,
  status: number,
  description: string,
  details?: Record<string, string>,
): FastifyReply {
  const error = { code: `${status}`, description, ...(details === undefined ? {} : { details }) }
  return reply.code(status).send({ error })
}
