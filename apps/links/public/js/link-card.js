import { announce, find, toast } from './dom.js'
import { followClicks } from './live-clicks.js'

/** @typedef {import('./api.js').Link} Link */

/**
 * A link on the page.
 *
 * @typedef {object} Card
 * @property {string} slug
 * @property {HTMLElement} element
 * @property {(link: Link) => void} show
 * @property {() => void} watch
 * @property {() => void} unwatch
 */

const mostArrivals = 6
const announceEveryMs = 2000

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const times = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

/**
 * @param {Link} link
 * @param {{ onWatch: (card: Card) => void, onDelete: (card: Card) => void, onGone: (card: Card) => void }} handlers
 * @returns {Card}
 */
export function createCard(link, handlers) {
  /** @type {HTMLTemplateElement} */
  const template = find('#link-template')
  const fragment = /** @type {DocumentFragment} */ (template.content.cloneNode(true))
  const element = find('.link', fragment)
  const watchButton = find('.watch', element)
  const live = find('.live', element)
  const arrivals = find('.arrivals', element)
  const { slug } = link
  /** @type {(() => void) | undefined} */
  let stop
  let announcedAtMs = 0

  /** @param {number} clicks */
  function showCount(clicks) {
    find('.count', element).textContent = clicks.toLocaleString()
    find('.unit', element).textContent = clicks === 1 ? 'click' : 'clicks'
  }

  /** @param {import('./live-clicks.js').LiveState} state */
  function showState(state) {
    live.dataset['state'] = state
    const texts = { connecting: 'Connecting…', open: 'Live', ended: 'The live feed cannot be had' }
    find('.live-state', element).textContent = texts[state]
  }

  /**
   * @param {number} clicks
   * @param {Date} at
   */
  function showClick(clicks, at) {
    showCount(clicks)
    element.classList.remove('arrived')
    // Reading the layout in between lets the animation start again.
    void element.offsetWidth
    element.classList.add('arrived')
    const item = document.createElement('li')
    item.textContent = times.format(at)
    arrivals.querySelector('.none')?.remove()
    arrivals.prepend(item)
    while (arrivals.children.length > mostArrivals) arrivals.lastElementChild?.remove()
    // A busy link would talk without end.
    if (Date.now() - announcedAtMs < announceEveryMs) return
    announcedAtMs = Date.now()
    announce(`Click on ${slug}: ${clicks} now.`)
  }

  /** @type {Card} */
  const card = {
    slug,
    element,
    show(next) {
      showCount(next.clicks)
      showFacts(element, next)
    },
    watch() {
      if (stop) return
      watchButton.setAttribute('aria-pressed', 'true')
      live.hidden = false
      const none = document.createElement('li')
      none.className = 'none'
      none.textContent = 'Waiting for a click'
      arrivals.replaceChildren(none)
      stop = followClicks(slug, {
        onCount: showCount,
        onClick: showClick,
        onState: showState,
        onGone: () => handlers.onGone(card),
      })
    },
    unwatch() {
      stop?.()
      stop = undefined
      watchButton.setAttribute('aria-pressed', 'false')
      live.hidden = true
    },
  }

  label(find('.copy', element), 'Copy', `short link ${slug}`)
  label(watchButton, 'Watch live', slug)
  label(find('.delete', element), 'Delete', slug)
  find('.copy', element).addEventListener('click', () => void copy(element, slug))
  watchButton.addEventListener('click', () => (stop ? card.unwatch() : handlers.onWatch(card)))
  find('.delete', element).addEventListener('click', () => handlers.onDelete(card))
  // Who follows a link from here wants to see it counted.
  find('.short', element).addEventListener('click', () => handlers.onWatch(card))
  card.show(link)
  return card
}

/**
 * @param {HTMLElement} element
 * @param {Link} link
 */
function showFacts(element, link) {
  const host = new URL(link.url).host
  const { preview } = link
  const title = (preview.status === 'ready' && preview.title) || host
  element.dataset['slug'] = link.slug
  element.dataset['expired'] = String(link.expired)
  find('.title', element).textContent = title
  find('.letter', element).textContent = host
    .replace(/^www\./, '')
    .charAt(0)
    .toUpperCase()
  /** @type {HTMLAnchorElement} */
  const short = find('.short', element)
  short.href = link.shortUrl
  short.replaceChildren(...breakable(link.shortUrl.replace(/^https?:\/\//, '')))
  const target = find('.target', element)
  target.textContent = link.url
  target.title = link.url
  const expires = dates.format(new Date(link.expiresAt))
  find('.expiry', element).textContent = `${link.expired ? 'Expired' : 'Expires'} ${expires}`
  find('.preview', element).textContent = aboutPreview(preview)
  if (preview.status === 'ready' && preview.icon) showIcon(element, preview.icon)
}

/**
 * An address that a narrow screen breaks after a slash or before a dot, not in the middle of a word.
 *
 * @param {string} address
 */
function breakable(address) {
  return address
    .split(/(?<=\/)|(?=\.)/)
    .flatMap((part, index) => (index === 0 ? [part] : [document.createElement('wbr'), part]))
}

/** @param {Link['preview']} preview */
function aboutPreview(preview) {
  if (preview.status === 'pending') return 'Looking at the page…'
  // That none is attached is said once, above the list.
  if (preview.status === 'ready' || preview.reason === 'not-attached') return ''
  return `No title: ${preview.detail}`
}

/**
 * Shows the page's icon once it is there; until then, and if it never is, a letter stands for it.
 *
 * @param {HTMLElement} element
 * @param {string} src
 */
function showIcon(element, src) {
  const image = new Image()
  image.alt = ''
  image.referrerPolicy = 'no-referrer'
  image.addEventListener('load', () => find('.icon', element).replaceChildren(image))
  image.src = src
}

/**
 * @param {HTMLElement} element
 * @param {string} slug
 */
async function copy(element, slug) {
  const button = find('.copy', element)
  /** @type {HTMLAnchorElement} */
  const short = find('.short', element)
  try {
    // Not there on plain http:// other than localhost.
    await navigator.clipboard.writeText(short.href)
    label(button, 'Copied', `short link ${slug}`)
    announce('Copied.')
    setTimeout(() => label(button, 'Copy', `short link ${slug}`), 2000)
  } catch {
    getSelection()?.selectAllChildren(short)
    toast('This browser does not let the page copy. The short link is selected: copy it yourself.')
  }
}

/**
 * @param {HTMLElement} button
 * @param {string} text
 * @param {string} more for who cannot see which link the button stands at
 */
function label(button, text, more) {
  const unseen = document.createElement('span')
  unseen.className = 'unseen'
  unseen.textContent = ` ${more}`
  button.replaceChildren(text, unseen)
}
