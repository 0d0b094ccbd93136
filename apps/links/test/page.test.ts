import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { browserPath, expectAccessible, launchBrowser } from './browser.ts'
import { start, type Started } from './start.ts'

if (browserPath === undefined) {
  if (process.env['CI']) throw new Error('CI has to have a browser: install chromium')
  console.warn('\nNOT TESTED: the page. Install Chromium, or name one in CHROMIUM=/path.\n')
}

describe.runIf(browserPath)('the page', () => {
  let browser: Browser
  let site: Server
  let target: string
  let preview: Started
  let links: Started
  let context: BrowserContext
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    site = createServer((request, response) => {
      const isIcon = request.url === '/i.svg'
      response.setHeader('Content-Type', isIcon ? 'image/svg+xml' : 'text/html')
      response.end(
        isIcon
          ? '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
          : '<title>Where it leads</title><link rel="icon" href="/i.svg" type="image/svg+xml">',
      )
    })
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    target = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`
    browser = await launchBrowser(browserPath!)
    preview = await start('../preview/src/main.ts', { ALLOW_PRIVATE: 'true' })
  })

  afterAll(async () => {
    await browser?.close()
    site?.closeAllConnections()
    site?.close()
    await preview?.stop()
  })

  beforeEach(async () => {
    const env = { STORE_URL: 'memory:', PREVIEW_URL: preview.url }
    links = await start('../links-node/src/main.ts', env)
    await open()
  })

  afterEach(async () => {
    await context?.close()
    await links.stop()
    // A refused field is reported by the browser too: that one is meant.
    const meant = /status of 4\d\d|ERR_FAILED/
    const others = complaints.filter((text) => !meant.test(text))
    if (others.length > 0) throw new Error(`the browser complains: ${others.join('\n')}`)
  })

  async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
    await context?.close()
    context = await browser.newContext({ locale: 'en-GB', ...options })
    page = await context.newPage()
    complaints = []
    page.on('console', (message) => {
      if (message.type() !== 'log') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(links.url)
    await page.getByText('Loading…').waitFor({ state: 'detached' })
  }

  const card = (slug: string) => page.locator(`.link[data-slug="${slug}"]`)
  const focused = () => page.evaluate('document.activeElement.textContent')

  async function create(slug: string, url = target): Promise<void> {
    await page.getByLabel('Where to').fill(url)
    await page.getByLabel('Slug').fill(slug)
    await page.getByRole('button', { name: 'Shorten' }).click()
    await card(slug).waitFor()
  }

  async function createOnServer(slug: string): Promise<void> {
    const response = await fetch(`${links.url}/api/links`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ url: target, slug }),
    })
    expect(response.status).toBe(201)
  }

  test('says that there is nothing yet', async () => {
    await page.getByText('No links yet.').waitFor()
  })

  test('makes a link, shows title and icon of its page, and sees a click arrive', async () => {
    await create('harbour')
    expect(await focused()).toBe('Copy short link harbour')
    await page.getByRole('heading', { name: 'Where it leads' }).waitFor()
    await card('harbour').locator('.icon img').waitFor()
    await card('harbour').getByText('Live', { exact: true }).waitFor()
    await card('harbour').getByText('0 clicks').waitFor()

    const visitor = await context.newPage()
    await visitor.goto(`${links.url}/harbour`)
    expect(visitor.url()).toBe(target)
    expect(await visitor.title()).toBe('Where it leads')

    await card('harbour').getByText('1 click', { exact: true }).waitFor()
    await card('harbour')
      .locator('.arrivals')
      .getByText(/^\d\d:\d\d:\d\d$/)
      .waitFor()
    await page.getByRole('status').getByText('Click on harbour: 1 now.').waitFor()
  })

  test('shows what was missed while it was hidden, and holds no stream then', async () => {
    const streams = watchStreams()
    await create('harbour')
    await expect.poll(() => streams.open()).toEqual(['/api/links/harbour/live'])
    await fetch(`${links.url}/harbour`, { redirect: 'manual' })
    await card('harbour').getByText('1 click', { exact: true }).waitFor()

    await setVisibility('hidden')
    await expect.poll(() => streams.open()).toEqual([])
    await fetch(`${links.url}/harbour`, { redirect: 'manual' })
    await fetch(`${links.url}/harbour`, { redirect: 'manual' })

    await setVisibility('visible')
    await card('harbour').getByText('3 clicks').waitFor()
    await expect.poll(() => card('harbour').locator('.arrivals li').count()).toBe(3)
    expect(streams.open()).toEqual([
      expect.stringMatching(/^\/api\/links\/harbour\/live\?lastEventId=\d{13}-\w+$/),
    ])
  })

  test('watches one link at a time', async () => {
    const streams = watchStreams()
    await create('one')
    await create('two')
    await expect.poll(() => streams.open()).toEqual(['/api/links/two/live'])
    const watch = page.getByRole('button', { name: 'Watch live one' })
    await watch.click()
    await expect.poll(() => streams.open()).toEqual(['/api/links/one/live'])
    expect(await watch.getAttribute('aria-pressed')).toBe('true')
    await watch.click()
    await expect.poll(() => streams.open()).toEqual([])
    expect(await watch.getAttribute('aria-pressed')).toBe('false')
  })

  test('comes back when the server does', async () => {
    await create('harbour')
    await card('harbour').getByText('Live', { exact: true }).waitFor()
    const port = new URL(links.url).port
    await links.stop()
    await card('harbour').getByText('Connecting…').waitFor()
    links = await start('../links-node/src/main.ts', { STORE_URL: 'memory:', PORT: port })
    // Its store is empty: the link is gone.
    await card('harbour').waitFor({ state: 'detached' })
    complaints = []
  })

  test('shows what is wrong at each field, and goes to the first', async () => {
    await page.getByLabel('Where to').fill('ftp://example.com/')
    await page.getByLabel('Slug').fill('Not Good')
    await page.getByLabel('Days to live').fill('soon')
    await page.getByRole('button', { name: 'Shorten' }).click()
    const described = (label: string) => page.getByLabel(label).and(page.locator('[aria-invalid]'))
    await described('Where to').waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe('url')
    expect(await page.locator('#url-error').textContent()).toMatch(/http:\/\/ or https:\/\//)
    expect(await page.locator('#slug-error').textContent()).toMatch(/1–64/)
    expect(await page.locator('#expiresInDays-error').textContent()).toBe('Must be a number.')

    await page.getByLabel('Slug').fill('good')
    expect(await described('Slug').count()).toBe(0)
    expect(await described('Where to').count()).toBe(1)
  })

  test('says that a slug is taken, and keeps what was filled in', async () => {
    await create('harbour')
    await page.getByLabel('Where to').fill(target)
    await page.getByLabel('Slug').fill('harbour')
    await page.keyboard.press('Enter')
    await page.getByText('Is taken: choose another.').waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe('slug')
    expect(await page.getByLabel('Where to').inputValue()).toBe(target)
  })

  test('says so when the service cannot be reached', async () => {
    await page.route('**/api/links', (route) => route.abort())
    await page.getByLabel('Where to').fill(target)
    await page.getByRole('button', { name: 'Shorten' }).click()
    await page.getByRole('alert').getByText('cannot be reached').waitFor()
    await page.reload()
    const again = page.getByRole('button', { name: 'Try again' })
    await again.waitFor()
    await page.unroute('**/api/links')
    await again.click()
    await page.getByText('No links yet.').waitFor()
  })

  test('makes one link where the answer to the first request is lost', async () => {
    let posts = 0
    await page.route('**/api/links', async (route) => {
      if (route.request().method() !== 'POST' || ++posts > 1) return route.continue()
      await route.fetch()
      await route.abort()
    })
    await page.getByLabel('Where to').fill(target)
    await page.getByRole('button', { name: 'Shorten' }).click()
    await page.locator('.link').waitFor()
    expect(posts).toBe(2)
    const { links: made } = await (await fetch(`${links.url}/api/links`)).json()
    expect(made).toHaveLength(1)
  })

  test('copies a short link', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await create('harbour')
    await page.getByRole('button', { name: 'Copy short link harbour' }).click()
    await page.getByRole('button', { name: 'Copied short link harbour' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`${links.url}/harbour`)
  })

  test('deletes a link, but asks first', async () => {
    await create('harbour')
    await page.getByRole('button', { name: 'Delete harbour' }).click()
    await page.getByRole('dialog', { name: 'Delete this link?' }).waitFor()
    await page.getByRole('button', { name: 'Keep it' }).click()
    expect(await card('harbour').count()).toBe(1)
    expect(await focused()).toBe('Delete harbour')

    await page.getByRole('button', { name: 'Delete harbour' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await card('harbour').waitFor({ state: 'detached' })
    expect(await focused()).toBe('All links')
    await page.getByRole('status').getByText('harbour is deleted.').waitFor()
    await page.goto(`${links.url}/harbour`)
    await page.getByRole('heading', { name: 'There is no such link' }).waitFor()
  })

  test('removes a link that somebody else deleted, with its stream', async () => {
    const streams = watchStreams()
    await create('harbour')
    await card('harbour').getByText('Live', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Delete harbour' }).focus()
    await fetch(`${links.url}/api/links/harbour`, { method: 'DELETE' })
    await card('harbour').waitFor({ state: 'detached' })
    await page.getByRole('status').getByText('harbour was deleted.').waitFor()
    await page.getByText('No links yet.').waitFor()
    expect(await focused()).toBe('All links')
    await expect.poll(() => streams.open()).toEqual([])
  })

  test('removes a link that was deleted while the page was hidden', async () => {
    await create('harbour')
    await setVisibility('hidden')
    await fetch(`${links.url}/api/links/harbour`, { method: 'DELETE' })
    await setVisibility('visible')
    await card('harbour').waitFor({ state: 'detached' })
  })

  test('without JavaScript says so, and does not load for ever', async () => {
    await open({ javaScriptEnabled: false })
    await page.locator('noscript p').waitFor()
    expect(await page.getByText('Loading…').count()).toBe(0)
  })

  test('shows more, and the focus goes on to it', async () => {
    for (let i = 0; i < 25; i++) await createOnServer(`link-${i}`)
    await page.reload()
    await expect.poll(() => page.locator('.link').count()).toBe(20)
    await page.getByRole('button', { name: 'Show more' }).click()
    await expect.poll(() => page.locator('.link').count()).toBe(25)
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0)
    expect(await page.evaluate('document.activeElement.closest(".link").dataset.slug')).toBe(
      await page.locator('.link').nth(20).getAttribute('data-slug'),
    )
  })

  test('works with the keyboard alone', async () => {
    const press = (key: string) => page.keyboard.press(key)
    await press('Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe('url')
    await page.keyboard.type(target)
    await press('Tab')
    await page.keyboard.type('harbour')
    await press('Enter')
    await card('harbour').waitFor()
    await expect.poll(focused).toBe('Copy short link harbour')
    await press('Tab')
    expect(await focused()).toBe('Watch live harbour')
    await press('Space')
    await card('harbour').getByText('Live', { exact: true }).waitFor({ state: 'hidden' })
    await press('Tab')
    await press('Enter')
    expect(await focused()).toBe('Keep it')
    await press('Escape')
    await expect.poll(focused).toBe('Delete harbour')
    await press('Enter')
    await press('Tab')
    await press('Enter')
    await card('harbour').waitFor({ state: 'detached' })
  })

  test.each(['light', 'dark'] as const)('is accessible in %s', async (colorScheme) => {
    await open({ colorScheme })
    await expectAccessible(page)
    await create('harbour')
    await createOnServer('other')
    await page.getByRole('heading', { name: 'Where it leads' }).waitFor()
    await fetch(`${links.url}/harbour`, { redirect: 'manual' })
    await card('harbour').getByText('1 click', { exact: true }).waitFor()
    await page.getByLabel('Where to').fill('nonsense')
    await page.getByRole('button', { name: 'Shorten' }).click()
    await page.locator('#url[aria-invalid]').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Delete harbour' }).click()
    await page.getByRole('dialog').waitFor()
    await expectAccessible(page)
    for (const path of ['/nothing', '/problems/']) {
      await page.goto(links.url + path)
      await expectAccessible(page)
    }
  })

  test('fits on a screen 320 pixels wide', async () => {
    await open({ viewport: { width: 320, height: 640 } })
    await create('x'.repeat(64), `${target}${'long/'.repeat(100)}`)
    await fetch(`${links.url}/${'x'.repeat(64)}`, { redirect: 'manual' })
    await page.getByText('1 click', { exact: true }).waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
    await page.goto(`${links.url}/problems/`)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
  })

  test('breaks a short URL between its words where the screen is narrow', async () => {
    await open({ viewport: { width: 320, height: 640 } })
    await create('harbour-masters-office')
    const { lines, text } = (await page.evaluate(linesOf('.short'))) as {
      lines: string[]
      text: string
    }
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.join('')).toBe(text)
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/[/-]$/)
  })

  /** A script that finds the lines on which an element's text stands. */
  const linesOf = (selector: string) => `(() => {
    const element = document.querySelector('${selector}')
    const range = document.createRange()
    const lines = new Map()
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      for (let i = 0; i < walker.currentNode.length; i++) {
        range.setStart(walker.currentNode, i)
        range.setEnd(walker.currentNode, i + 1)
        const top = Math.round(range.getBoundingClientRect().top)
        lines.set(top, (lines.get(top) ?? '') + range.toString())
      }
    }
    return { lines: [...lines.values()], text: element.textContent }
  })()`

  test('does not move for who asked it not to', async () => {
    const animation = () =>
      page.evaluate(
        'getComputedStyle(document.querySelector(".live-state"), "::before").animationName',
      )
    await create('harbour')
    await card('harbour').getByText('Live', { exact: true }).waitFor()
    expect(await animation()).toBe('breathe')
    await page.emulateMedia({ reducedMotion: 'reduce' })
    expect(await animation()).toBe('none')
  })

  /** The event streams that the page holds. */
  function watchStreams(): { open: () => string[] } {
    const streams = new Set<Request>()
    page.on('request', (request) => {
      if (request.url().includes('/live')) streams.add(request)
    })
    page.on('requestfinished', (request) => void streams.delete(request))
    page.on('requestfailed', (request) => void streams.delete(request))
    return { open: () => Array.from(streams, (request) => request.url().slice(links.url.length)) }
  }

  /** A headless page is always seen; this makes it think otherwise. */
  async function setVisibility(state: 'hidden' | 'visible'): Promise<void> {
    await page.evaluate(
      `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
       document.dispatchEvent(new Event('visibilitychange'))`,
    )
  }
})
