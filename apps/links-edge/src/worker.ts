import { handle } from '@mooring/cloudflare'
import links from 'links'

export { TopicObject } from '@mooring/cloudflare'
export default handle(links) // exported; never binds
