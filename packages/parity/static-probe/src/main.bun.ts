import { serve } from '@mooring/bun'
import app from './app.ts'

await serve(app)
