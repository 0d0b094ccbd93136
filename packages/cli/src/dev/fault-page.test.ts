import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { isNavigation } from './fault-page.ts'

const html = 'text/html,application/xhtml+xml,*/*;q=0.8'

test.each([
  ['GET', { 'sec-fetch-mode': 'navigate', accept: html }, true],
  ['HEAD', { 'sec-fetch-mode': 'navigate', accept: html }, true],
  // A form that was sent, or a page's own request.
  ['POST', { 'sec-fetch-mode': 'navigate', accept: html }, false],
  ['GET', { 'sec-fetch-mode': 'cors', accept: html }, false],
  ['GET', { 'sec-fetch-mode': 'no-cors', accept: 'image/*' }, false],
  // Without Fetch Metadata.
  ['GET', { accept: html }, true],
  ['GET', { accept: 'application/xhtml+xml' }, true],
  ['GET', { accept: '*/*' }, false],
  ['GET', { accept: 'application/json, text/html' }, false],
  ['GET', {}, false],
])('%s with %j: %s', (method, headers, expected) => {
  expect(isNavigation({ method, headers } as unknown as IncomingMessage)).toBe(expected)
})
