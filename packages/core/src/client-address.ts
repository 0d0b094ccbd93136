import type { Context } from 'hono'
import { adapterOf } from './adapter/adapter.ts'

/**
 * The IP address of the client, as far as the target can vouch for it: port-bound the peer of the
 * socket, on Workers `cf-connecting-ip`. An IPv4 address is never written as IPv6 (`::ffff:…`).
 *
 * @returns the address, or `undefined` where the target knows none (a Unix socket)
 * @throws MOORING_E_NO_ADAPTER outside a request that an adapter made
 */
export function clientAddress(c: Context): string | undefined {
  return adapterOf(c, 'clientAddress').clientAddress(c)
}
