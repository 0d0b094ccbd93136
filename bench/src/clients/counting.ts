/**
 * The conversation of a client that is a process of its own with the one that measures: it says
 * when all is set up, and then, whenever it is asked, how much it has counted.
 */
export function answerWith(count: () => unknown): void {
  process.on('message', () => process.send!(count()))
  process.on('disconnect', () => process.exit())
  process.send!('ready')
}
