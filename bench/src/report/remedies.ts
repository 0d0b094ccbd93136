/** What would take away the rest, for goals that a run may find missed. Shown only then. */
export const remedies: Readonly<Record<string, string>> = {
  text: 'The Request and Response objects between Node and Hono, and the checks of the head: a listener that reads both from the parser.',
  json: 'As for text.',
  post: 'The body goes through a Request that collects it: a listener that hands the parser’s bytes to `c.req.json()`.',
  file: 'Small files are held in memory: what is left is the Request, the Response and their headers.',
  stream:
    'A web stream’s promises for each chunk: Node’s ReadableStream costs them in any server that takes one.',
  events:
    'As for streams: an event is a chunk of a ReadableStream, where raw writes go to the socket.',
  'web-sockets':
    'ws makes an event of each message before the queue that hands them on one after the other: a receiver that calls the queue itself.',
  idle: 'The state that is kept for each connection: when it was opened, what it does, what its limits are.',
  start:
    'Most of it is the app’s own modules, and Node’s for fetch and cryptography: a V8 start-up snapshot would hold both, once Node can make one of ES modules.',
  memory: 'As for the start: modules that are loaded.',
  processes: 'A third core for the load; two share their cores with it here.',
  workerd:
    'Not to read the Host of each request: without it there is nothing to measure, and on a workerd with nothing in front a Host such as `a/b` would pass for another path.',
}
