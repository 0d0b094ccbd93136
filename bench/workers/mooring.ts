import { handle } from '@mooring/cloudflare'
import { app } from '../servers/app.ts'

export default handle(app)
