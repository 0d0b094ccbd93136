import { objectLines } from '../object-lines.ts'
import type { BindingAttachment, Opened } from '../resources/resource.ts'
import { describeResource } from '../resources/resource-names.ts'
import type { Topic, TopicEvent } from '../resources/topic-handle.ts'
import { createTopicFeed } from './topic-feed.ts'
import { type Followed, setFollowed } from './topic-followers.ts'
import { checkText, topicFailed } from './topic-limits.ts'

/** The part of a Durable Object namespace that is used, declared by its shape. */
interface Namespace {
  idFromName(name: string): unknown
  get(id: unknown): { fetch(url: string, init?: RequestInit): Promise<Response> }
}

/** The client's end of a WebSocket to the object. */
interface Socket extends EventTarget {
  accept(): void
  close(code?: number): void
}

/** The first message of the object: where the subscription begins. */
interface Begin {
  readonly begin: string
}

/** How often, and for how long, a subscription tries to go on: an object moves at a deployment. */
const triesMs: readonly number[] = [0, 100, 500, 2_000, 5_000]

/** A {@link Topic} over the Durable Object that `TopicObject` is. */
export function openTopicObject(at: BindingAttachment): Opened<Topic> | { refused: string } {
  const namespace = at.value as Namespace
  if (typeof namespace?.idFromName !== 'function') {
    const needs = `${describeResource('topic', at)} needs a Durable Object namespace.`
    return { refused: `${needs}\n${objectLines(at.binding, 'TopicObject')}` }
  }
  // A stub belongs to the request that made it.
  const object = () => namespace.get(namespace.idFromName(`${at.app}:${at.resource}`))
  const failed = (cause: unknown) =>
    topicFailed(at, 'cannot be reached', { why: String(cause), cause })

  async function connect(after: string | undefined): Promise<Socket> {
    const init = { headers: { Upgrade: 'websocket' } }
    const response = await object().fetch(`http://topic/${queryOf(after)}`, init)
    const { webSocket } = response as Response & { readonly webSocket: Socket | null }
    if (!webSocket) throw new Error(`it answered ${response.status}`)
    return webSocket
  }

  /** Resolves with what it answered. */
  async function ask(method: string, path: string, body?: string): Promise<string> {
    const init = { method, ...(body !== undefined && { body }) }
    const asked = object().fetch(`http://topic/${path}`, init)
    const response = await asked.catch((cause: unknown) => {
      throw failed(cause)
    })
    if (response.ok) return response.text()
    throw failed(`it answered ${response.status} ${await response.text()}`)
  }

  const handle: Topic = {
    async publish(text) {
      checkText(text)
      return ask('POST', '', text)
    },
    async subscribe({ after, signal } = {}) {
      let socket: Socket | undefined
      let last = after
      let hasBegun = false
      let tries = 0
      const feed = createTopicFeed(signal, () => socket?.close(1000))

      /** Resolves with where it begins. */
      async function follow(): Promise<string> {
        const followed = await connect(last)
        const begun = Promise.withResolvers<string>()
        followed.addEventListener('message', (message) => {
          const event = JSON.parse((message as MessageEvent<string>).data) as TopicEvent | Begin
          tries = 0
          if ('begin' in event) {
            last ??= event.begin
            return begun.resolve(event.begin)
          }
          if (event.type === 'message') last = event.id
          feed.push(event)
        })
        followed.addEventListener('close', () => {
          begun.reject(new Error('it closed the connection'))
          if (hasBegun && socket === followed && !feed.isOver()) void goOn()
        })
        followed.accept()
        const begin = await begun.promise
        socket = followed
        if (feed.isOver()) followed.close(1000)
        return begin
      }
      async function goOn(): Promise<void> {
        while (tries < triesMs.length) {
          await new Promise((resolve) => setTimeout(resolve, triesMs[tries++]))
          if (feed.isOver()) return
          try {
            await follow()
            return
          } catch {
            // The next try, or the failure below, is the answer.
          }
        }
        feed.fail(failed('its connection was lost and could not be made again'))
      }

      const begin = await follow().catch((cause: unknown) => {
        throw failed(cause)
      })
      hasBegun = true
      return feed.subscription(after ?? begin)
    },
  }
  setFollowed(handle, {
    createFeed: createTopicFeed,
    async follow(objectId, after) {
      return JSON.parse(await ask('PUT', `followers/${objectId}${queryOf(after)}`)) as Followed
    },
  })
  return { handle }
}

function queryOf(after: string | undefined): string {
  return after === undefined ? '' : `?after=${encodeURIComponent(after)}`
}
