import { handle } from '@mooring/cloudflare'
import preview from './app.ts'

export default handle(preview) // exported; never binds
