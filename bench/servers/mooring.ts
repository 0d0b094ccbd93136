// With everything that production has on: probes, draining, limits, header checks, logs.
import { defineApp, upgradeWebSocket } from '@mooring/core'
import { serve } from '@mooring/node'
import { pathToFileURL } from 'node:url'
import { app } from './app.ts'
import { publicFolder } from './settings.ts'

const echo = upgradeWebSocket(() => ({ onMessage: ({ data }, ws) => ws.send(data) }))

await serve(
  defineApp({
    name: 'bench',
    static: { folder: publicFolder, base: pathToFileURL('./').href },
    setup: () => app.get('/ws', echo),
  }),
)
