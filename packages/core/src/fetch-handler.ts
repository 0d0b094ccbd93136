/** Anything that answers requests the Workers way: a Hono instance is one. */
export interface FetchHandler {
  fetch(request: Request, env?: any, executionCtx?: any): Response | Promise<Response>
}
