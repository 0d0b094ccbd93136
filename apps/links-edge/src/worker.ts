import { handle } from '@mooring/cloudflare'
import links from 'links'

export default handle(links) // exported; never binds
