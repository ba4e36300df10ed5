// A webhook by hand in JavaScript: what the servers beside this file share.
import { createHash, timingSafeEqual } from 'node:crypto'

const [appId, token] = process.argv.slice(2)

export const BODY_LIMIT = 1 << 20

const UNAUTHORIZED = [401, { ActionStatus: 'FAIL', ErrorInfo: 'unauthorized', ErrorCode: 1 }]
export const BAD_REQUEST = [400, { ActionStatus: 'FAIL', ErrorInfo: 'bad request', ErrorCode: 1 }]

/** Status and answer for the query's parameters and the parsed body. */
export function answer (query, body) {
  if (query.SdkAppid !== appId || !isSigned(query)) return UNAUTHORIZED
  if (typeof body !== 'object' || body === null) return BAD_REQUEST
  if (query.CallbackCommand !== 'OfficialAccount.CallbackBeforeSendMsg') return ok(0)
  return ok(Array.isArray(body.MsgBody) && body.MsgBody.length > 0 && body.MsgBody.every(isKnown) ? 0 : 1)
}

function isSigned ({ Sign: sign, RequestTime: time }) {
  if (typeof sign !== 'string' || typeof time !== 'string') return false
  const expected = createHash('sha256').update(token + time).digest()
  const given = Buffer.from(sign, 'hex')
  const isFresh = Math.abs(Date.now() / 1000 - Number(time)) <= 60
  return isFresh && given.length === expected.length && timingSafeEqual(given, expected)
}

function isKnown ({ MsgType: type, MsgContent: content }) {
  return typeof type === 'string' && (type !== 'TIMTextElem' || typeof content?.Text === 'string')
}

function ok (code) {
  return [200, { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: code }]
}
