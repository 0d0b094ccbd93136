import { handle } from '@mooring/cloudflare'
import links from 'links'

export { TopicObject } from '@mooring/cloudflare' // behind topic()
export default handle(links) // exported; never binds
