import { isGone } from './api.js'

/** @typedef {'connecting' | 'open' | 'ended'} LiveState */

/**
 * Follows the clicks of one link. The stream is closed while the page is hidden and goes on where
 * it was when it is seen again: a browser opens six connections to a host over HTTP/1.1, in all of
 * its tabs together, and one that nobody looks at must not hold one.
 *
 * @param {string} slug
 * @param {{
 *   onCount: (clicks: number) => void,
 *   onClick: (clicks: number, at: Date) => void,
 *   onState: (state: LiveState) => void,
 *   onGone: () => void,
 * }} handlers
 * @returns {() => void} stops following
 */
export function followClicks(slug, handlers) {
  /** @type {EventSource | undefined} */
  let source
  let lastEventId = ''

  function open() {
    const after = lastEventId && `?lastEventId=${encodeURIComponent(lastEventId)}`
    source = new EventSource(`/api/links/${slug}/live${after}`)
    handlers.onState('connecting')
    source.addEventListener('open', () => handlers.onState('open'))
    source.addEventListener('error', () => {
      // It comes back by itself, unless what answers is no event stream.
      const ended = source?.readyState === EventSource.CLOSED
      handlers.onState(ended ? 'ended' : 'connecting')
      if (ended) void isGone(slug).then((gone) => gone && handlers.onGone())
    })
    source.addEventListener('gone', () => {
      source?.close()
      handlers.onGone()
    })
    source.addEventListener('count', (event) => {
      lastEventId = event.lastEventId
      handlers.onCount(JSON.parse(event.data).clicks)
    })
    source.addEventListener('click', (event) => {
      const message = /** @type {MessageEvent<string>} */ (/** @type {unknown} */ (event))
      lastEventId = message.lastEventId
      const { clicks, at } = JSON.parse(message.data)
      handlers.onClick(clicks, new Date(at))
    })
  }

  function onVisibility() {
    source?.close()
    if (document.visibilityState === 'visible') open()
  }

  document.addEventListener('visibilitychange', onVisibility)
  open()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    source?.close()
  }
}
