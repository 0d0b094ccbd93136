/**
 * The URL of a module beside the calling one, for a process to start with: `.ts` while the source
 * runs unbuilt, `.js` once it is built.
 *
 * @param name the module's path without its ending
 * @param base `import.meta.url` of the caller
 */
export function siblingModule(name: string, base: string): string {
  return new URL(`${name}${base.endsWith('.ts') ? '.ts' : '.js'}`, base).href
}
