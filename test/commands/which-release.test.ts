import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { answers } from '../product/answers.ts'
import { failureOf, runInit, textOf } from '../product/run.ts'
import { auditDocument, stockFolder } from './installs.ts'

const example = fileURLToPath(new URL('../../templates/example/', import.meta.url))
const compose = readFileSync(join(example, 'docker-compose.yml'), 'utf8')
const env = readFileSync(join(example, 'dot-env'), 'utf8')

const image = 'tracecat:${TRACECAT__IMAGE_TAG:-1.0.0-beta.51}'
const pinned = compose.replace(image, `tracecat@sha256:${'0123456789abcdef'.repeat(4)}`)
const fresh = { fresh: true } as const

describe('images that say no release', () => {
  test('are refused with a way out, which works', async () => {
    const folder = stockFolder({ 'docker-compose.yml': pinned })
    const failure = await failureOf(runInit(folder, answers(), { options: fresh }))
    expect(failure.message).toContain('named by its digest alone')
    expect(failure.remedy).toMatch(/Set TRACECAT__IMAGE_TAG.*init --tracecat-version/)
  })

  test('the tag in .env says it', async () => {
    const folder = stockFolder({
      'docker-compose.yml': pinned,
      '.env': `TRACECAT__IMAGE_TAG=1.0.0-beta.50\n${env}`,
    })
    expect((await runInit(folder, answers(), { options: fresh })).exitCode).toBe(0)
    const { exitCode, installs } = await auditDocument([folder])
    expect([exitCode, installs[0]?.release]).toEqual([0, '1.0.0-beta.50'])
  })

  test('what was said once is kept: audit and the next init know it', async () => {
    const folder = stockFolder({ 'docker-compose.yml': pinned })
    const options = { ...fresh, tracecatVersion: '1.0.0-beta.50' }
    expect((await runInit(folder, answers(), { options })).exitCode).toBe(0)
    expect(textOf(folder, 'tracecat-harden.yaml')).toContain('tracecatVersion: 1.0.0-beta.50')
    const { exitCode, installs } = await auditDocument([folder])
    expect([exitCode, installs[0]?.release]).toEqual([0, '1.0.0-beta.50'])
    expect((await runInit(folder, undefined)).printed).toContain('Nothing had to change')
  })

  test('one digest for all is one release', async () => {
    const folder = stockFolder({
      'docker-compose.yml': pinned,
      'tracecat-harden.yaml': 'tracecatVersion: 1.0.0-beta.50\n',
    })
    const { installs } = await auditDocument([folder])
    expect(installs[0]?.findings.map(({ control }) => control)).not.toContain('image-agreement')
  })

  test('a tag of .env that is no version is named by its line', async () => {
    const folder = stockFolder({ '.env': `LOG_LEVEL=INFO\nTRACECAT__IMAGE_TAG=main\n${env}` })
    const { where } = await failureOf(runInit(folder, answers(), { options: fresh }))
    expect(where).toEqual({ file: '.env', line: 2 })
  })
})
