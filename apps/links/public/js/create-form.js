import { ApiProblem, createLink } from './api.js'
import { find } from './dom.js'

/** @typedef {import('./api.js').Link} Link */

const names = ['url', 'slug', 'expiresInDays']

/**
 * Sends the form. The server judges the fields, so there is one set of rules; what it says is shown
 * at the field.
 *
 * @param {(link: Link) => void} onCreated
 */
export function wireCreateForm(onCreated) {
  /** @type {HTMLFormElement} */
  const form = find('#create')
  const button = find('button', form)
  let sending = false

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (sending) return
    sending = true
    // Not `disabled`: that would take the focus away from who pressed it.
    button.setAttribute('aria-disabled', 'true')
    showErrors([], '')
    try {
      const link = await createLink(fieldsOf(new FormData(form)))
      form.reset()
      onCreated(link)
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      const known = error.errors.filter(({ field }) => names.includes(field))
      showErrors(known, known.length > 0 ? '' : error.message)
    } finally {
      sending = false
      button.removeAttribute('aria-disabled')
    }
  })

  for (const name of names) {
    input(name).addEventListener('input', () => showError(name, ''))
  }
}

/**
 * @param {readonly { field: string, detail: string }[]} errors
 * @param {string} message about no field
 */
function showErrors(errors, message) {
  for (const name of names) {
    showError(name, errors.find(({ field }) => field === name)?.detail ?? '')
  }
  find('#form-error').textContent = message
  const first = names.find((name) => errors.some(({ field }) => field === name))
  if (first) input(first).focus()
}

/**
 * @param {string} name
 * @param {string} detail empty for none
 */
function showError(name, detail) {
  find(`#${name}-error`).textContent = detail
  if (detail) input(name).setAttribute('aria-invalid', 'true')
  else input(name).removeAttribute('aria-invalid')
}

/**
 * What was filled in. A number that is none goes out as it is, for the server to refuse.
 *
 * @param {FormData} data
 * @returns {Record<string, unknown>}
 */
function fieldsOf(data) {
  /** @type {Record<string, unknown>} */
  const fields = { url: String(data.get('url') ?? '').trim() }
  const slug = String(data.get('slug') ?? '').trim()
  const days = String(data.get('expiresInDays') ?? '').trim()
  if (slug) fields['slug'] = slug
  if (days) fields['expiresInDays'] = Number.isNaN(Number(days)) ? days : Number(days)
  return fields
}

/**
 * @param {string} name
 * @returns {HTMLInputElement}
 */
function input(name) {
  return find(`#${name}`)
}
