import type { Unstable_Config } from 'wrangler'

type Objects = Pick<Unstable_Config, 'durable_objects' | 'migrations' | 'exports'>

/** Those of `@mooring/cloudflare`. */
const ofMooring: readonly string[] = ['TopicObject', 'WebSocketObject']

/**
 * What the configuration of a Worker leaves out of its own Durable Objects, be they declared by
 * migrations or under `exports`, which excludes these: without either the simulator makes them without
 * SQLite, and the deployment is refused.
 */
export function checkObjects(config: Objects): readonly string[] {
  const { durable_objects, migrations, exports = {} } = config
  const made = new Map<string, 'sqlite' | 'other'>()
  for (const migration of migrations) {
    for (const name of migration.new_classes ?? []) made.set(name, 'other')
    for (const name of migration.new_sqlite_classes ?? []) made.set(name, 'sqlite')
    for (const name of migration.deleted_classes ?? []) made.delete(name)
    for (const { from, to } of migration.renamed_classes ?? []) {
      made.set(to, made.get(from) ?? 'other')
      made.delete(from)
    }
    // What another Worker gives away keeps the storage that it had.
    for (const { to } of migration.transferred_classes ?? []) made.set(to, 'sqlite')
  }
  for (const [name, entry] of Object.entries(exports)) {
    if ('storage' in entry) made.set(name, entry.storage === 'sqlite' ? 'sqlite' : 'other')
  }
  const own = durable_objects.bindings.filter(({ script_name }) => script_name === undefined)
  return own.flatMap(({ name, class_name: className }) => {
    const as = made.get(className)
    const line =
      Object.keys(exports).length > 0
        ? `"${className}": { "type": "durable-object", "storage": "sqlite" } under "exports"`
        : `"migrations": [${migrations.length > 0 ? '…, ' : ''}{ "tag": "${className}", "new_sqlite_classes": ["${className}"] }]`
    if (as === undefined) {
      return `The Durable Object class "${className}" (binding ${name}) is declared nowhere, and so cannot be deployed. Write in wrangler.jsonc: ${line}`
    }
    if (as === 'sqlite' || !ofMooring.includes(className)) return []
    return `The Durable Object class "${className}" (binding ${name}) needs its storage in SQLite. Name it under "new_sqlite_classes" in wrangler.jsonc, not under "new_classes", or with "storage": "sqlite" under "exports"; once it is deployed that cannot be changed, only deleted and made anew.`
  })
}

/** The line that is missing in an entry, where Wrangler says that classes are which Mooring has. */
export function exportLine(text: string): string | undefined {
  const [, names = ''] = /not exported in your entrypoint file: ([\w, ]+)/.exec(text) ?? []
  const known = names.split(', ').filter((name) => ofMooring.includes(name))
  return known.length > 0 ? `export { ${known.join(', ')} } from '@mooring/cloudflare'` : undefined
}
