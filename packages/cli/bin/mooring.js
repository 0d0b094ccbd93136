#!/usr/bin/env node
import { existsSync } from 'node:fs'
import module from 'node:module'
import path from 'node:path'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 22)) {
  const own = `this is ${process.version}, at ${process.execPath}`
  process.stderr.write(`mooring needs Node 22.22 or newer: ${own}.\n`)
  process.exit(1)
}

// Compiled code is kept beside the packages, for this process and for those that it starts.
const packages = path.resolve('node_modules')
if (existsSync(packages)) {
  process.env.NODE_COMPILE_CACHE ??= path.join(packages, '.cache', 'mooring')
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE)
}

// In the workspace the source runs as it is; under node_modules Node strips no types.
const source = new URL('../src/main.ts', import.meta.url)
const { main } = await import(existsSync(source) ? source.href : '../dist/main.js')
await main(process.argv)
