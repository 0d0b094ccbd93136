import { serve } from '@mooring/deno'
import app from './app.ts'

await serve(app)
