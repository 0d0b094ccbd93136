// With everything that production has on: probes, draining, limits, header checks, logs.
import { serve } from '@mooring/node'
import { app } from './app.ts'

await serve(app)
