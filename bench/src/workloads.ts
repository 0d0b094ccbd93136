/** One kind of request, the same for every server. */
export interface Workload {
  readonly name: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
  /** What a right answer is, as text. */
  readonly answer: string
}

const user = { id: '42', name: 'Ada', admin: false }
const order = { item: 'rope', length: 12, unit: 'm', tags: ['blue', 'braided'], note: 'by Friday' }

export const workloads: readonly Workload[] = [
  { name: 'text', method: 'GET', path: '/text', answer: 'Hello, world' },
  { name: 'json', method: 'GET', path: '/users/42', answer: JSON.stringify(user) },
  {
    name: 'post',
    method: 'POST',
    path: '/echo',
    body: JSON.stringify(order),
    answer: JSON.stringify(order),
  },
]
