/** A route of an app, as Hono has it: `GET`, `/links/:slug`. */
export interface Route {
  readonly method: string
  readonly path: string
}
