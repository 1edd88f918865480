import { expect, it } from 'vitest'
import { defaultTagIn, imageTagOf } from '../../src/release/image-tag.ts'

it.each([
  ['ghcr.io/tracecathq/tracecat:1.0.0-beta.51', '1.0.0-beta.51'],
  ['tracecat:0.53.25', '0.53.25'],
  ['registry.example.com:5000/mirror/ghcr/tracecat:1.0.0-beta.44.post1', '1.0.0-beta.44.post1'],
  ['registry.example.com:5000/mirror/tracecat', 'latest'],
  ['localhost:5000/tracecat:latest', 'latest'],
  [`ghcr.io/tracecathq/tracecat:1.0.0-beta.51@sha256:${'a'.repeat(64)}`, '1.0.0-beta.51'],
  ['ghcr.io/tracecathq/tracecat@sha256:abc', 'sha256:abc'],
  ['ghcr.io/tracecathq/tracecat:', ''],
  [' ghcr.io/tracecathq/tracecat:main ', 'main'],
])('%s has the tag %j', (image, tag) => expect(imageTagOf(image)).toBe(tag))

it.each([
  [
    'image: a/tracecat:${TRACECAT__IMAGE_TAG:-1.0.0-beta.24}\nimage: b:${OTHER:-1}',
    '1.0.0-beta.24',
  ],
  ['image: tracecat:${TRACECAT__IMAGE_TAG-0.53.25}', '0.53.25'],
  ['image: tracecat:${TRACECAT__IMAGE_TAG}', undefined],
  ['image: tracecat:0.53.25', undefined],
])('the file %j gives the tag %j by itself', (text, tag) => expect(defaultTagIn(text)).toBe(tag))
