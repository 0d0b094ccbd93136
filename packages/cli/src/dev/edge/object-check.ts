import type { Unstable_Config } from 'wrangler'

type Objects = Pick<Unstable_Config, 'durable_objects' | 'migrations'>

/** Those of `@mooring/cloudflare`. */
const ofMooring: readonly string[] = ['TopicObject', 'WebSocketObject']

/**
 * What the configuration of a Worker leaves out of its own Durable Objects: without a migration the
 * simulator makes them without SQLite, and the deployment is refused.
 */
export function checkObjects({ durable_objects, migrations }: Objects): readonly string[] {
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
  const own = durable_objects.bindings.filter(({ script_name }) => script_name === undefined)
  return own.flatMap(({ name, class_name: className }) => {
    const as = made.get(className)
    const line = `"migrations": [${migrations.length > 0 ? '…, ' : ''}{ "tag": "${className}", "new_sqlite_classes": ["${className}"] }]`
    if (as === undefined) {
      return `The Durable Object class "${className}" (binding ${name}) is in no migration, and so cannot be deployed. Write in wrangler.jsonc: ${line}`
    }
    if (as === 'sqlite' || !ofMooring.includes(className)) return []
    return `The Durable Object class "${className}" (binding ${name}) needs its storage in SQLite. Name it under "new_sqlite_classes" in wrangler.jsonc, not under "new_classes"; once it is deployed that cannot be changed, only deleted and made anew.`
  })
}

/** The line that is missing in an entry, where Wrangler says that classes are which Mooring has. */
export function exportLine(text: string): string | undefined {
  const [, names = ''] = /not exported in your entrypoint file: ([\w, ]+)/.exec(text) ?? []
  const known = names.split(', ').filter((name) => ofMooring.includes(name))
  return known.length > 0 ? `export { ${known.join(', ')} } from '@mooring/cloudflare'` : undefined
}
