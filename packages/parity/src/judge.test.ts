import { expect, test } from 'vitest'
import type { RequestStep } from './cases/case.ts'
import { parseCases } from './cases/parse.ts'
import type { Difference } from './differences/difference.ts'
import { judge } from './judge.ts'

const step = (text: string) => parseCases(`### a\n${text}`, 'a.http')[0]!.steps[0] as RequestStep

const seen = (of: Record<string, Record<string, string>>) =>
  new Map(Object.entries(of).map(([target, fields]) => [target, new Map(Object.entries(fields))]))

const ok = { status: '200', body: 'a' }

const other = { ...ok, body: 'b' }

test('what is not stated must be what most show', () => {
  const { undeclared } = judge(
    step('GET /\n'),
    seen({ a: ok, b: other, c: { ...ok, 'header x': '1' }, d: ok }),
    [],
  )
  expect(undeclared).toEqual([
    { target: 'b', field: 'body', expected: 'a', got: 'b', rest: ['a', 'c', 'd'] },
    { target: 'c', field: 'header x', expected: '(absent)', got: '1', rest: ['a', 'b', 'd'] },
  ])
})

test('the versions of a runtime have one voice between them, and in a tie the first is right', () => {
  const deviating = (all: Parameters<typeof seen>[0]) =>
    judge(step('GET /\n'), seen(all), []).undeclared.map(({ target }) => target)
  expect(deviating({ a: ok, 'a@1': ok, 'a@2': ok, b: other, c: other })).toEqual([
    'a',
    'a@1',
    'a@2',
  ])
  expect(deviating({ a: ok, 'a@1': ok, 'a@2': ok, b: other })).toEqual(['b'])
  expect(deviating({ b: other, a: ok, 'a@1': ok, 'a@2': ok })).toEqual(['a', 'a@1', 'a@2'])
  expect(deviating({ a: ok, 'a@1': other, b: ok })).toEqual(['a@1'])
})

test('what is stated must be so on every target, also where all agree', () => {
  const { undeclared } = judge(
    step('GET /\n\nHTTP/1.1 200\n!X\n\nb\n'),
    seen({ a: { ...ok, 'header x': '1' }, b: { ...ok, 'header x': '1' } }),
    [],
  )
  expect(undeclared.map(({ target, field }) => `${target} ${field}`)).toEqual([
    'a header x',
    'a body',
    'b header x',
    'b body',
  ])
})

test('a difference that explains a finding declares it', () => {
  const difference = {
    number: 'D-01',
    targets: ['b'],
    explains: ({ field }: { field: string }) => field === 'body',
  } as unknown as Difference
  const verdict = judge(step('GET /\n'), seen({ a: ok, b: other }), [difference])
  expect(verdict).toMatchObject({ undeclared: [], seen: [{ difference: 'D-01', target: 'b' }] })
  // Also where it is the others that do as `b` does.
  const reversed = judge(step('GET /\n'), seen({ b: ok, a: other }), [difference])
  expect(reversed).toMatchObject({ undeclared: [], seen: [{ difference: 'D-01', target: 'b' }] })
})

test('what a case states no rule explains: the case names the difference itself', () => {
  const difference = {
    number: 'D-01',
    targets: ['b'],
    explains: () => true,
  } as unknown as Difference
  const stated = step('GET /\n\nHTTP/1.1 200\n\na\n')
  const { undeclared } = judge(stated, seen({ a: ok, b: other }), [difference])
  expect(undeclared).toMatchObject([{ target: 'b', field: 'body', got: 'b' }])
})

test('an answer that is the declared one and the expected one is no difference', () => {
  const weak = step('GET /\n\nHTTP/1.1 200\n\n[D-04 b]\nHTTP/1.1 200\n\nb\n')
  const { outdated } = judge(weak, seen({ a: ok, b: other }), [])
  expect(outdated).toEqual([{ difference: 'D-04', target: 'b' }])
})

test('a difference declares nothing of a runtime that it is not about', () => {
  const difference = {
    number: 'D-01',
    targets: ['b'],
    explains: () => true,
  } as unknown as Difference
  const { undeclared } = judge(step('GET /\n'), seen({ a: ok, b: ok, c: other }), [difference])
  expect(undeclared.map(({ target }) => target)).toEqual(['c'])
})

test('a difference that a case names must be exactly so', () => {
  const named = step('GET /\n\nHTTP/1.1 200\n\n[D-04 b]\nHTTP/1.1 500\n')
  const is = (status: string) => judge(named, seen({ a: ok, b: { status, body: 'x' } }), [])
  expect(is('500')).toMatchObject({ undeclared: [], seen: [{ difference: 'D-04' }], outdated: [] })
  expect(is('200')).toMatchObject({ undeclared: [], seen: [], outdated: [{ difference: 'D-04' }] })
  expect(is('404')).toMatchObject({ undeclared: [{ field: 'status', got: '404' }], seen: [] })
})

test('a case that names a runtime means each version of it', () => {
  const named = step('GET /\n\nHTTP/1.1 200\n\n[D-04 b]\nHTTP/1.1 500\n')
  const { seen: came } = judge(named, seen({ a: ok, 'b@22': { status: '500' } }), [])
  const finding = {
    target: 'b@22',
    field: 'status',
    expected: '200',
    got: '500',
    rest: [],
    line: 4,
  }
  expect(came).toEqual([{ difference: 'D-04', target: 'b@22', finding }])
})
