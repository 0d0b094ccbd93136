import { handle } from '@mooring/cloudflare'
import links from 'links'

export { TopicObject, WebSocketObject } from '@mooring/cloudflare' // behind topic(), WebSockets
export default handle(links) // exported; never binds
