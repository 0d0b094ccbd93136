import { killGroup } from './kill-group.ts'

// Stands by in a process of its own for the one end that a run cannot see: when the run is killed,
// its end of this stdin closes. Each line is what is running then, as the run last told.
let told = ''
for await (const text of process.stdin.setEncoding('utf8')) {
  // The last line that is whole, and what has come of the next.
  told = (told + String(text)).split('\n').slice(-2).join('\n')
}
const running = JSON.parse(told.split('\n')[0] || '[]') as [pid: number, marker: string][]
for (const [pid, marker] of running) killGroup(pid, marker)
