import { serve } from '@mooring/node'
import preview from './app.ts'

await serve(preview) // binds $PORT
