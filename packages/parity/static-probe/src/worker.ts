import { handle } from '@mooring/cloudflare'
import app from './app.ts'

export default handle(app)
