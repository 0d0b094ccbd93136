import { expect, test } from 'vitest'
import { environmentNames } from './resource-names.ts'

test.each([
  ['preview', 'PREVIEW_URL', 'PREVIEW'],
  ['clickStore', 'CLICK_STORE_URL', 'CLICK_STORE'],
  ['s3Files', 'S3_FILES_URL', 'S3_FILES'],
])('%s is %s and %s', (name, variable, binding) => {
  expect(environmentNames(name)).toEqual({ variable, binding })
})
