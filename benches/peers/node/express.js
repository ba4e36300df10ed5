import express from 'express'
import { BODY_LIMIT, answer } from './webhook.js'

const app = express()

app.post('/im/webhook', express.json({ limit: BODY_LIMIT }), (request, response) => {
  const [status, body] = answer(request.query, request.body)
  response.status(status).json(body)
})

const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))
