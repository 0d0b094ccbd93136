import { expect, test } from 'vitest'
import { checkPageAddress } from './page-address.ts'

const check =
  (url: string, allowPrivate = false) =>
  () =>
    checkPageAddress(new URL(url), allowPrivate)

test.each([
  'http://localhost/',
  'http://LOCALHOST.:8080/',
  'http://a.localhost/',
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f.0.0.1/',
  'http://0177.0.0.1/',
  'http://0.0.0.0/',
  'http://10.1.2.3/',
  'http://100.64.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://172.16.0.1/',
  'http://192.168.1.1/',
  'http://192.0.2.1/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://[::]/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:8.8.8.8]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[fc00::1]/',
  'http://[fd12:3456::1]/',
  'http://[fe80::1]/',
  'http://[ff02::1]/',
  'http://redis/',
  'http://redis:6379/',
  'http://printer.local/',
  'http://metadata.google.internal/',
  'http://nas.home.arpa/',
])('%s is not public', (url) => {
  expect(check(url)).toThrow(expect.objectContaining({ status: 403, field: 'url' }))
  expect(check(url, true)).not.toThrow()
})

test.each([
  'http://example.com/',
  'https://example.com.:8443/',
  'http://8.8.8.8/',
  'http://[2606:4700:4700::1111]/',
  'http://localhost.example.com/',
  'http://mylocal.example/',
])('%s is', (url) => {
  expect(check(url)).not.toThrow()
})

test.each(['ftp://example.com/', 'file:///etc/passwd', 'javascript:alert(1)', 'data:text/html,a'])(
  '%s is no page, private addresses or not',
  (url) => {
    expect(check(url, true)).toThrow(expect.objectContaining({ status: 400, field: 'url' }))
  },
)

test.each(['http://a@example.com/', 'http://:b@example.com/'])('%s is refused', (url) => {
  expect(check(url)).toThrow(expect.objectContaining({ status: 400, field: 'url' }))
})
