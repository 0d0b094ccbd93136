// As in the README of @mooring/node.
import { clientAddress } from '@mooring/core'
import { serve } from '@mooring/node'
import app from './app.js'

app.get('/__conform/client', (c) => c.text(`${clientAddress(c)} ${c.req.url}`))

await serve(app)
