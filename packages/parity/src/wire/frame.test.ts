import { expect, test } from 'vitest'
import { encodeFrame, normalFrame, showFrame } from './frame.ts'

test.each([
  ['unmasked text a', '81 01 61'],
  ['unmasked part text a', '01 01 61'],
  ['unmasked rsv1 rsv3 binary', 'd2 00'],
  ['unmasked opcode 11', '8b 00'],
  ['unmasked close 1000 ü', '88 04 03 e8 c3 bc'],
  ['unmasked close hex 03', '88 01 03'],
  ['unmasked ping repeat 2 ab', '89 04 61 62 61 62'],
  ['times 2 unmasked text a', '81 01 61 81 01 61'],
  ['bytes 88 80', '88 80'],
  ['bytes repeat 2 00', '00 00'],
])('%s is %s', (written, bytes) => {
  expect(encodeFrame(written).toString('hex')).toBe(bytes.replaceAll(' ', ''))
})

test('a frame of a client is masked, and its length takes as many bytes as it must', () => {
  expect(encodeFrame('text a')).toHaveLength(2 + 4 + 1)
  expect(encodeFrame('text repeat 126 a')).toHaveLength(2 + 2 + 4 + 126)
  expect(encodeFrame('text repeat 65536 a')).toHaveLength(2 + 8 + 4 + 65_536)
})

test('what comes is shown as it would be written', () => {
  expect(showFrame(0x41, Buffer.from('a'))).toBe('part rsv1 text a')
  expect(showFrame(0x88, Buffer.from([3, 0xe8]))).toBe('close 1000')
  expect(showFrame(0x82, Buffer.from([0, 255]))).toBe('binary 00ff')
  expect(normalFrame('part rsv1 text a')).toBe('part rsv1 text a')
  expect(normalFrame('close hex 03 e8')).toBe('close 1000')
  expect(normalFrame('text repeat 300 a')).toBe('text 300 characters')
})

test('what is no frame is a mistake', () => {
  expect(() => encodeFrame('txet a')).toThrow('"txet a" is no frame')
})
