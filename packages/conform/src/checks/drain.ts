import { type Answer, say } from '../answer.ts'
import { Decided, fail, type Outcome, verdict } from '../outcome.ts'
import { type Connection, request, type RequestParts } from '../connection.ts'
import { type Running, sayExit } from '../running.ts'
import type { StartOptions, Subject } from '../subject.ts'
import { wait } from '../wait.ts'

/** Long enough for a request to have reached its handler. */
export const settleMs = 300

/** The environment of Kubernetes, by which a process can know that its router notices late. */
export const lateRouter: Readonly<Record<string, string>> = {
  KUBERNETES_SERVICE_HOST: '10.0.0.1',
  KUBERNETES_SERVICE_PORT: '443',
}

/** A request that its handler is busy with. */
export async function inFlight(
  running: Running,
  path: string,
  parts?: RequestParts,
): Promise<Connection> {
  const connection = await running.connect()
  connection.send(request(path, parts))
  await wait(settleMs)
  return connection
}

/** Starts the command, has it busy with a slow request, sends signals; gives the answer. */
export async function signalledInFlight(
  subject: Subject,
  signals: readonly NodeJS.Signals[],
  options: StartOptions = {},
): Promise<Answer> {
  const slow = subject.path('slow', { ms: 1_500 })
  const running = await subject.start(options)
  const connection = await inFlight(running, slow)
  for (const signal of signals) {
    running.signal(signal)
    await wait(settleMs)
  }
  return connection.response()
}

/** The answer has to be whole and good. */
export function answered(sent: string, answer: Answer): Outcome {
  return verdict(
    answer.complete && answer.status === 200,
    sent,
    'the whole answer, 200',
    say(answer),
  )
}

/** The command has to end by itself within the grace. */
export async function endsInTime(
  subject: Subject,
  running: Running,
  sent: string,
): Promise<Outcome> {
  const { graceMs } = subject.target
  const exit = await running.exitWithin(graceMs)
  return verdict(exit !== undefined, sent, `its end within ${graceMs / 1000} s`, sayExit(exit))
}

/** Ends the check unless the condition holds. */
export function expect(holds: boolean, sent: string, expected: string, got: string): void {
  if (!holds) throw new Decided(fail(sent, expected, got))
}
