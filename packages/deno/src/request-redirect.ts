/** Makes a request of the server say what a `Request` says by itself (Fetch §5.4). Deno’s says nothing. */
export function sayRedirect(): void {
  const { get } = Object.getOwnPropertyDescriptor(Request.prototype, 'redirect')!
  Object.defineProperty(Request.prototype, 'redirect', {
    get(this: Request): RequestRedirect {
      return get!.call(this) ?? 'follow'
    },
    enumerable: true,
    configurable: true,
  })
}
