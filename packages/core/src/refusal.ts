/** An answer to a request that is not handed to the app. */
export function refusal(status: number, reason: string, closes = true): Response {
  const headers = {
    'Content-Type': 'text/plain; charset=UTF-8',
    ...(closes && { Connection: 'close' }),
  }
  return new Response(`${status} ${reason}\n`, { status, headers })
}
