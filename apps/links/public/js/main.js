import { ApiProblem, deleteLink, getLink, listLinks } from './api.js'
import { wireCreateForm } from './create-form.js'
import { announce, find, toast } from './dom.js'
import { createCard } from './link-card.js'

/**
 * @typedef {import('./api.js').Link} Link
 * @typedef {import('./link-card.js').Card} Card
 */

/** Seconds after which a page that is being looked at is asked about again. */
const previewAfter = [1, 2, 4, 8]

const list = find('#links')
const state = find('#list-state')
const more = find('#more')

/** @type {Map<string, Card>} */
const cards = new Map()
/** @type {Card | undefined} */
let watched
/** @type {string | null} */
let nextCursor = null

/** @type {HTMLDialogElement} */
const dialog = find('#confirm')
/** The card that the dialog is about. @type {Card | undefined} */
let asked

const handlers = { onWatch: watch, onDelete: askToDelete, onGone: forgetDeleted }

wireCreateForm((link) => {
  const card = add(link, 'first')
  watch(card)
  announce(`Short link made: ${link.shortUrl}`)
  find('.copy', card.element).focus()
})

more.addEventListener('click', async () => {
  const last = list.lastElementChild
  if (!(await load(nextCursor))) return
  // The button may be gone: the focus goes on to what it brought.
  const next = /** @type {HTMLElement | null | undefined} */ (last?.nextElementSibling)
  next?.querySelector('a')?.focus()
})

dialog.addEventListener('close', () => {
  if (dialog.returnValue === 'delete' && asked) void remove(asked)
})

state.textContent = 'Loading…'
void load(null)

/**
 * Shows a page of links.
 *
 * @param {string | null} cursor
 * @returns {Promise<boolean>} whether it could be had
 */
async function load(cursor) {
  try {
    const page = await listLinks(cursor)
    nextCursor = page.nextCursor
    for (const link of page.links) if (!cards.has(link.slug)) add(link, 'last')
    more.hidden = nextCursor === null
    showEmptiness()
    return true
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    const again = document.createElement('button')
    again.type = 'button'
    again.textContent = 'Try again'
    again.addEventListener('click', () => void load(cursor))
    state.replaceChildren(error.message, again)
    return false
  }
}

function showEmptiness() {
  state.textContent = cards.size === 0 ? 'No links yet. The first one you make shows up here.' : ''
}

/**
 * @param {Link} link
 * @param {'first' | 'last'} place
 */
function add(link, place) {
  const card = createCard(link, handlers)
  cards.set(link.slug, card)
  if (place === 'first') list.prepend(card.element)
  else list.append(card.element)
  showEmptiness()
  const { preview } = link
  if (preview.status === 'pending') void lookForPreview(card)
  if (preview.status === 'unavailable' && preview.reason === 'not-attached') {
    find('#missing').hidden = false
  }
  return card
}

/**
 * Watches one link, and only one: each holds a connection.
 *
 * @param {Card} card
 */
function watch(card) {
  if (watched !== card) watched?.unwatch()
  watched = card
  card.watch()
}

/**
 * The title is looked up after the link is made.
 *
 * @param {Card} card
 */
async function lookForPreview(card) {
  for (const seconds of previewAfter) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    if (!cards.has(card.slug)) return
    const link = await getLink(card.slug).catch(() => undefined)
    if (!link || link.preview.status === 'pending') continue
    card.show(link)
    return
  }
}

/** @param {Card} card */
function askToDelete(card) {
  asked = card
  find('#confirm-text').textContent =
    `${card.slug} will lead nowhere, and its clicks are forgotten.`
  dialog.returnValue = 'cancel'
  dialog.showModal()
}

/** @param {Card} card */
async function remove(card) {
  try {
    await deleteLink(card.slug)
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    toast(`${card.slug} was not deleted: ${error.message}`)
    return
  }
  drop(card)
  toast(`${card.slug} is deleted.`)
  find('#links-heading').focus()
}

/**
 * Somebody else deleted the link.
 *
 * @param {Card} card
 */
function forgetDeleted(card) {
  // Its own deletion is on the way, or done.
  if (cards.get(card.slug) !== card) return
  if (asked === card && dialog.open) dialog.close('cancel')
  const hadFocus = card.element.contains(document.activeElement)
  drop(card)
  toast(`${card.slug} was deleted.`)
  if (hadFocus) find('#links-heading').focus()
}

/** @param {Card} card */
function drop(card) {
  card.unwatch()
  if (watched === card) watched = undefined
  cards.delete(card.slug)
  card.element.remove()
  showEmptiness()
}
