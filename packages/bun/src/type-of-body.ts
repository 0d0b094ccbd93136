import { relayedStream } from '@mooring/port-bound'

/**
 * A response as it may go out that says no type (Fetch §6.5): Bun would say one of bytes and Blobs,
 * and name the file where it is one. Of a stream whose source it does not know it says none, and the
 * length all the same where all of it is there at once.
 */
export function withoutAddedType(request: Request, response: Response): Response {
  if (response.headers.has('content-type') || response.body === null) return response
  // Of what it received itself Bun says none either, and hands it on without a detour.
  if (response.body === request.body) return response
  return new Response(relayedStream(response.body.getReader()), response)
}
