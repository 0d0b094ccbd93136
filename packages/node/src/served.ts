/** What {@link serve} bound. */
export interface Served {
  /** Where a person reaches it, such as `http://localhost:8080` or `unix:/run/app.sock`. */
  readonly url: string
  /** `undefined` on a Unix socket. */
  readonly port: number | undefined
}
