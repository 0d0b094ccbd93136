import { expect, test } from 'vitest'
import { readTrustedProxies } from './trusted-proxies.ts'

const client = (TRUSTED_PROXIES: string | undefined, peer: string, forwardedFor?: string) =>
  readTrustedProxies({ TRUSTED_PROXIES }).originOf(peer, forwardedFor?.split(',')).client

test.each([
  ['nobody is trusted by default', undefined, '127.0.0.1', '192.0.2.1', '127.0.0.1'],
  ['a peer outside is not believed', 'private', '198.51.100.1', '192.0.2.1', '198.51.100.1'],
  ['a trusted peer is', 'loopback', '127.0.0.1', '192.0.2.1', '192.0.2.1'],
  ['over IPv6 too', 'loopback', '::1', '2001:db8::1', '2001:db8::1'],
  ['mapped addresses are IPv4', '10.0.0.0/8', '::ffff:10.1.2.3', '::ffff:192.0.2.1', '192.0.2.1'],
  ['trusted hops are walked', 'private', '10.0.0.1', '192.0.2.1, 10.0.0.2', '192.0.2.1'],
  ['what a client wrote is not', 'private', '10.0.0.1', '1.1.1.1, 192.0.2.1', '192.0.2.1'],
  ['all hops trusted: the first', 'private', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['a port is dropped', 'loopback', '127.0.0.1', '192.0.2.1:4711', '192.0.2.1'],
  ['in brackets', 'loopback', '127.0.0.1', '[2001:db8::1]:4711', '2001:db8::1'],
  ['a name is no address', 'private', '10.0.0.1', 'unknown, 10.0.0.2', '10.0.0.2'],
  ['an empty header', 'private', '10.0.0.1', '', '10.0.0.1'],
  ['several ranges', '192.0.2.0/24, 10.0.0.1', '192.0.2.9', '203.0.113.5', '203.0.113.5'],
])('%s', (_name, trusted, peer, forwardedFor, expected) => {
  expect(client(trusted, peer, forwardedFor)).toBe(expected)
})

test.each(['10.0.0.0/33', '10.0.0', 'everyone', '10.0.0.0/8;::1', '::1/129', '10.0.0.0/'])(
  'TRUSTED_PROXIES=%j is refused',
  (TRUSTED_PROXIES) => {
    expect(() => readTrustedProxies({ TRUSTED_PROXIES })).toThrow(/TRUSTED_PROXIES is/)
  },
)
