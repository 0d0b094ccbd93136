import { handle } from '@mooring/cloudflare'
import app from './app.ts'

export { TopicObject, WebSocketObject } from '@mooring/cloudflare'
export default handle(app)
