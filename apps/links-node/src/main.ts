import { serve } from '@mooring/node'
import links from 'links'

await serve(links) // binds $PORT
