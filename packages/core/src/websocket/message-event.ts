import { delegate } from '../lazy-class.ts'

/** The data of a message, and the event that it is when somebody looks at more than that. */
class Message {
  readonly data: string | ArrayBuffer
  #event: MessageEvent | undefined

  constructor(data: string | ArrayBuffer) {
    this.data = data
  }

  /** Node has it on each event, and not on their prototype. */
  get isTrusted(): boolean {
    return Message.eventOf(this).isTrusted
  }

  static eventOf(message: Message): MessageEvent {
    return (message.#event ??= new MessageEvent('message', { data: message.data }))
  }
}

let isEvent = false

/**
 * The event of a message. A handler wants its data: making all of an event for that is a tenth of
 * what a message costs on Node.
 */
export function messageEvent(data: string | ArrayBuffer): MessageEvent<string | ArrayBuffer> {
  // Not when this module is loaded: what fetch and its events are made of is slow to load there.
  if (!isEvent) {
    Object.defineProperty(Message.prototype, 'constructor', { value: MessageEvent })
    delegate(Message.prototype, MessageEvent.prototype, Message.eventOf)
  }
  isEvent = true
  return new Message(data) as unknown as MessageEvent<string | ArrayBuffer>
}
