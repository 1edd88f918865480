import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { answers } from '../product/answers.ts'
import { failureOf, runInit, textOf, valuesOf } from '../product/run.ts'
import { temporaryFolder } from '../world/fake.ts'
import { auditDocument, stockFolder } from './installs.ts'

const example = fileURLToPath(new URL('../../templates/example/', import.meta.url))
const compose = readFileSync(join(example, 'docker-compose.yml'), 'utf8')
const env = readFileSync(join(example, 'dot-env'), 'utf8')

const image = 'tracecat:${TRACECAT__IMAGE_TAG:-1.0.0-beta.51}'
const pinned = compose.replace(image, `tracecat@sha256:${'0123456789abcdef'.repeat(4)}`)
const fresh = { fresh: true } as const

/** Folders to take stock files from, one for each tag; that nobody published such tags, no checksum says. */
function shelf(...tags: readonly string[]): string {
  const folder = temporaryFolder()
  for (const tag of tags) {
    mkdirSync(join(folder, tag))
    copyFileSync(join(example, 'dot-env'), join(folder, tag, '.env.example'))
    copyFileSync(join(example, 'Caddyfile'), join(folder, tag, 'Caddyfile'))
    writeFileSync(join(folder, tag, 'docker-compose.yml'), `# ${tag}\n${compose}`)
  }
  return folder
}

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

describe('stock files that are fetched', () => {
  test('run as the release that was asked for, whatever their default is', async () => {
    const folder = temporaryFolder()
    const options = { from: shelf('1.0.0-beta.98'), tracecatVersion: '1.0.0-beta.98' }
    const ran = await runInit(folder, answers(), { options })
    expect(ran.printed).not.toContain('has no effect')
    expect(valuesOf(folder).get('TRACECAT__IMAGE_TAG')).toBe('1.0.0-beta.98')
    expect(textOf(folder, 'tracecat-harden.yaml')).not.toContain('tracecatVersion')
    expect((await auditDocument([folder])).installs[0]?.release).toBe('1.0.0-beta.98')
  })

  test('are those of the tag in .env', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, '.env'), `TRACECAT__IMAGE_TAG=1.0.0-beta.97\n${env}`)
    const from = shelf('1.0.0-beta.97', '1.0.0-beta.98', '1.0.0-beta.51')
    const options = { ...fresh, from, tracecatVersion: '1.0.0-beta.98' }
    const ran = await runInit(folder, answers(), { options })
    expect(ran.printed).toContain('--tracecat-version 1.0.0-beta.98 has no effect')
    expect(textOf(folder, 'docker-compose.yml')).toMatch(/^# 1\.0\.0-beta\.97\n/)
  })
})
