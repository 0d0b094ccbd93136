import { describe } from 'vitest'
import { closeCases } from './close-cases.ts'
import { handlerCases } from './handler-cases.ts'
import { handshakeCases } from './handshake-cases.ts'
import { messageCases } from './message-cases.ts'
import type { RuntimeFacts, WebSocketTarget } from './target.ts'

/** What a WebSocket does on every runtime, for each adapter's tests. */
export function webSocketSuite(target: () => WebSocketTarget, facts: RuntimeFacts): void {
  describe('the handshake', () => {
    handshakeCases(target, facts)
  })
  describe('messages', () => {
    messageCases(target, facts)
  })
  describe('the end', () => {
    closeCases(target)
  })
  describe('handlers', () => {
    handlerCases(target)
  })
}
