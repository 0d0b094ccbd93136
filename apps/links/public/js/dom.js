/**
 * The element that `selector` finds; a page without it is a mistake in the page.
 *
 * @template {Element} [Found=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {Found}
 */
export function find(selector, within = document) {
  const found = within.querySelector(selector)
  if (!found) throw new Error(`${selector} is not on the page`)
  return /** @type {Found} */ (/** @type {unknown} */ (found))
}

/**
 * Tells people who do not see the page what everyone else sees on it.
 *
 * @param {string} text
 */
export function announce(text) {
  find('#announcer').textContent = text
}

const toastMs = 6000

/** @type {ReturnType<typeof setTimeout> | undefined} */
let toastTimer

/**
 * Tells everyone, for a while.
 *
 * @param {string} text
 */
export function toast(text) {
  clearTimeout(toastTimer)
  find('#toast').textContent = text
  toastTimer = setTimeout(() => find('#toast').replaceChildren(), toastMs)
}
