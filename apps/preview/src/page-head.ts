import { Parser } from 'htmlparser2'

/** What a page says of itself. */
export interface PageHead {
  readonly title: string | null
  readonly icon: string | null
}

const longestTitle = 300
const longestIcon = 2048

/**
 * Reads title and icon from a page's text, up to where its body begins.
 *
 * @param url of the page, after redirects. Where it names no icon, `/favicon.ico` of its host stands
 *   for it, as in every browser; whether there is one is not looked up
 */
export async function readPageHead(text: AsyncIterable<string>, url: URL): Promise<PageHead> {
  let title = ''
  let ogTitle = ''
  let inTitle = false
  let ended = false
  let base: string | undefined
  const icons: { href: string; rank: number }[] = []

  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'body') ended = true
      if (ended) return
      if (name === 'title') inTitle = title === ''
      if (name === 'base') base ??= attributes['href']
      if (name === 'meta' && attributes['property'] === 'og:title') {
        ogTitle ||= attributes['content'] ?? ''
      }
      const href = attributes['href']?.trim()
      if (name === 'link' && href) icons.push({ href, rank: rankOf(attributes) })
    },
    ontext(piece) {
      if (inTitle && title.length < 4 * longestTitle) title += piece
    },
    onclosetag(name) {
      if (name === 'title') inTitle = false
      if (name === 'head') ended = true
    },
  })
  for await (const piece of text) {
    parser.write(piece)
    if (ended) break
  }
  parser.end()

  return {
    title: tidy(title) ?? tidy(ogTitle),
    icon: iconAmong(icons, URL.parse(base ?? '', url) ?? url, url),
  }
}

/** One that scales before one that does not, and any before that of a home screen; 0 for none. */
function rankOf({ rel = '', type, sizes }: Record<string, string>): number {
  const relations = rel.toLowerCase().split(/\s+/)
  if (relations.includes('icon')) return type === 'image/svg+xml' || sizes === 'any' ? 3 : 2
  return relations.includes('apple-touch-icon') ? 1 : 0
}

function iconAmong(
  icons: readonly { href: string; rank: number }[],
  base: URL,
  page: URL,
): string | null {
  const ranked = icons.filter(({ rank }) => rank > 0).sort((a, b) => b.rank - a.rank)
  for (const href of [...ranked.map((icon) => icon.href), new URL('/favicon.ico', page).href]) {
    const icon = URL.parse(href, base)
    if (icon && /^https?:$/.test(icon.protocol) && icon.href.length <= longestIcon) return icon.href
  }
  return null
}

/** One line, of a length that is bounded. */
function tidy(text: string): string | null {
  const characters = [...text.replace(/\s+/g, ' ').trim()]
  if (characters.length === 0) return null
  if (characters.length <= longestTitle) return characters.join('')
  return `${characters.slice(0, longestTitle - 1).join('')}…`
}
