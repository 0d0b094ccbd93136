import { pieces, piece } from '../servers/bodies.ts'

/** One kind of request, the same for every server. */
export interface Workload {
  readonly name: string
  readonly title: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly type?: string
  readonly body?: string
  /** What a right answer is, as text. */
  readonly answer: string
}

const user = { id: '42', name: 'Ada', admin: false }
const order = { item: 'rope', length: 12, unit: 'm', tags: ['blue', 'braided'], note: 'by Friday' }

/** The static file that every server has. */
export const fileText: string = 'All the news that fits the line.'.repeat(3_200)

export const workloads: readonly Workload[] = [
  { name: 'text', title: 'text', method: 'GET', path: '/text', answer: 'Hello, world' },
  {
    name: 'json',
    title: 'JSON',
    method: 'GET',
    path: '/users/42',
    answer: JSON.stringify(user),
  },
  {
    name: 'post',
    title: 'small POST',
    method: 'POST',
    path: '/echo',
    type: 'application/json',
    body: JSON.stringify(order),
    answer: JSON.stringify(order),
  },
  {
    name: 'post-100k',
    title: 'POST of 100 KB',
    method: 'POST',
    path: '/upload',
    type: 'application/octet-stream',
    body: 'x'.repeat(102_400),
    answer: '102400',
  },
  { name: 'file', title: '100 KB file', method: 'GET', path: '/100k.txt', answer: fileText },
  {
    name: 'stream',
    title: '1 MB stream',
    method: 'GET',
    path: '/stream',
    answer: 'a'.repeat(pieces * piece.length),
  },
]
