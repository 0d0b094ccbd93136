import { background, logger } from '@mooring/core'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'

const told = new Hono()
  .onError((error, c) => {
    logger(c).error('the app tells of another fault', { error })
    return c.text('told', 500)
  })
  .get('/rejects', async (c) => {
    logger(c).info('before it rejects')
    await Promise.resolve()
    throw new TypeError('another fault')
  })

/** What a handler logs, by the name of how. */
export const logs: Hono = new Hono()
  .route('/', told)
  .get('/console', (c) => {
    console.log('console says one')
    console.info('console says two')
    console.warn('console says three')
    console.error('console says four')
    console.debug('console says five')
    return c.body(null, 204)
  })
  .get('/logger', (c) => {
    const log = logger(c)
    log.info('logger says one')
    log.warn('logger says two')
    log.error('logger says three')
    log.info('logger says four')
    return c.body(null, 204)
  })
  .get('/both', (c) => {
    logger(c).info('both say one')
    console.log('both say two')
    logger(c).info('both say three')
    return c.body(null, 204)
  })
  .get('/throws', (c) => {
    logger(c).warn('before it throws')
    throw new Error('a fault to be logged')
  })
  .get('/throws-text', () => {
    throw 'a text to be logged'
  })
  .get('/throws-answer', (c) => {
    logger(c).info('before the answer that is thrown')
    throw new HTTPException(418, { message: 'short and stout' })
  })
  .get('/background', (c) => {
    logger(c).info('before the work')
    background(c, Promise.reject(new Error('a fault of work')), 'work that fails')
    return c.body(null, 204)
  })
