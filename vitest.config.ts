import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** Every package and app is a project of its own name: `vitest run --project node`. */
const folders = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(new URL(parent, import.meta.url)).map((name) => ({
    name,
    root: `${parent}/${name}`,
  })),
)

const report = process.env['TEST_REPORT']

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [...folders, { name: 'scripts', root: 'scripts' }].map((test) => ({
      extends: true as const,
      test,
    })),
    // Most tests start processes and wait for them: a machine of two cores has time for three files.
    maxWorkers: 3,
    // Far above what any of them takes, so that only a hang reaches it.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // What is waited for comes in a moment, or on a busy machine later.
    expect: { poll: { timeout: 60_000 } },
    // A machine that is busy with something else must not turn a run red; what fails always, does.
    retry: process.env.CI ? 2 : 0,
    // Starting a process takes half a second; that is no news in the report.
    slowTestThreshold: 5_000,
    // CI counts.
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    env: {
      // The programs that tests start come up in a third of the time.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url)),
      // Workers' own tools would otherwise look for the network.
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_SEND_METRICS: 'false',
    },
  },
})

export default config
