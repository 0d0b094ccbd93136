import { serve } from '@mooring/node'
import app from './app.ts'

await serve(app)
