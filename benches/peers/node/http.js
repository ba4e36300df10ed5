// Node's own server.
import { createServer } from 'node:http'
import { BAD_REQUEST, BODY_LIMIT, answer } from './webhook.js'

const server = createServer((request, response) => {
  const pieces = []
  let size = 0
  request.on('data', piece => {
    size += piece.length
    if (size > BODY_LIMIT) request.destroy()
    else pieces.push(piece)
  })
  request.on('end', () => {
    const query = Object.fromEntries(new URLSearchParams(request.url.split('?')[1]))
    reply(response, parsed(query, Buffer.concat(pieces).toString()))
  })
})

function parsed (query, text) {
  try {
    return answer(query, JSON.parse(text))
  } catch {
    return BAD_REQUEST
  }
}

function reply (response, [status, body]) {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

server.listen(0, '127.0.0.1', () => console.log(server.address().port))
