// As in the README of @mooring/node.
import { clientAddress, defineApp, service } from '@mooring/core'
import { serve } from '@mooring/node'
import app from './app.js'

await serve(
  defineApp({
    name: 'conform',
    resources: { backing: service({ optional: true }) },
    setup: ({ resources: { backing } }) =>
      app
        .get('/__conform/client', (c) => c.text(`${clientAddress(c)} ${c.req.url}`))
        .get('/__conform/backing', (c) => backing?.fetch(c, '/') ?? c.text('none', 503)),
  }),
)
