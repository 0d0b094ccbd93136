/** What a Worker takes to have Durable Objects of one of our classes: its entry, and its configuration. */
export function objectLines(binding: string, className: string): string {
  return [
    "Export its class from the Worker's entry, and name it in wrangler.jsonc:",
    `  export { ${className} } from '@mooring/cloudflare'`,
    `  "durable_objects": { "bindings": [{ "name": "${binding}", "class_name": "${className}" }] },`,
    `  "migrations": [{ "tag": "${className}", "new_sqlite_classes": ["${className}"] }],`,
  ].join('\n')
}
