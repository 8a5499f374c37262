import Fastify from 'fastify'
import { serve } from './team.ts'

const app = Fastify({ forceCloseConnections: true })
app.post('/', async ({ body }) => body)

/** Answers with the origin of a server that gives back what JSON it gets. */
serve<null, string>(() => app.listen({ host: '127.0.0.1', port: 0 }))
