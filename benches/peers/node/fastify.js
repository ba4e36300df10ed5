import Fastify from 'fastify'
import { BODY_LIMIT, answer } from './webhook.js'

const app = Fastify({ bodyLimit: BODY_LIMIT })

app.post('/im/webhook', (request, reply) => {
  const [status, body] = answer(request.query, request.body)
  reply.code(status).send(body)
})

await app.listen({ port: 0, host: '127.0.0.1' })
console.log(app.server.address().port)
