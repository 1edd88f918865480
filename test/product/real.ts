import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResolvedCompose } from '../../src/install/compose/model.ts'
import { hasCaddy } from '../install/caddyfile/caddy.ts'
import { differences, resolveFolder } from '../install/compose/agreement.ts'
import { commandEnvironment, composeVersion, isRecord } from '../install/compose/compose-command.ts'

export const noCompose =
  composeVersion === undefined ? ' (without Docker Compose, which is not installed)' : ''

/** What the real Compose has against a folder: refusal, warnings, or another reading than ours. Empty where it is fine. */
export function composeComplaints(
  directory: string,
  args: readonly string[] = [],
): readonly string[] {
  if (composeVersion === undefined) return []
  const { status, stdout, stderr } = spawnSync(
    'docker',
    ['compose', ...args, 'config', '--format', 'json'],
    {
      cwd: directory,
      encoding: 'utf8',
      env: commandEnvironment({}),
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
    },
  )
  const said = stderr.trim()
  if (status !== 0) return [`refused: ${said}`]
  const config: unknown = JSON.parse(stdout.replaceAll('$$', '$'))
  if (!isRecord(config)) return ['printed no mapping']
  return [
    ...(said === '' ? [] : [said]),
    ...(args.length > 0 ? [] : disagreements(resolveFolder(directory), config)),
  ]
}

/** A service with an env_file, which we do not read, is not compared: it counts as not decided everywhere. */
function disagreements(ours: ResolvedCompose, config: Record<string, unknown>): readonly string[] {
  const unread = ours.unresolved.map(({ what }) => `services.${what.split(':')[0]}`)
  return differences(ours, config).filter(
    (line) => !unread.some((place) => line.startsWith(`${place}:`) || line.startsWith(`${place}.`)),
  )
}

/** A certificate for `tracecat.example.com` with its key, made once; both lie where the answers name them. */
const pair = makePair()

export const certificateFiles = { 'tls.crt': pair.certificate, 'tls.key': pair.key } as const

function makePair(): { readonly certificate: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'harden-certificate-'))
  try {
    const subject = [
      '-subj',
      '/CN=tracecat.example.com',
      '-addext',
      'subjectAltName=DNS:tracecat.example.com',
    ]
    const kind = [
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '30',
    ]
    spawnSync('openssl', ['req', ...kind, ...subject, '-keyout', 'tls.key', '-out', 'tls.crt'], {
      cwd: folder,
    })
    return {
      certificate: readFileSync(join(folder, 'tls.crt'), 'utf8'),
      key: readFileSync(join(folder, 'tls.key'), 'utf8'),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const validated = new Map<string, string>()

/** What `caddy validate` has against a Caddyfile; each distinct one is asked about once. */
export function caddyComplaints(text: string): string {
  if (!hasCaddy) return ''
  const known = validated.get(text)
  if (known !== undefined) return known
  const folder = mkdtempSync(join(tmpdir(), 'harden-caddy-'))
  try {
    writeFileSync(join(folder, 'tls.crt'), pair.certificate)
    writeFileSync(join(folder, 'tls.key'), pair.key)
    const local = text.replaceAll('/etc/caddy/certs', folder)
    writeFileSync(join(folder, 'Caddyfile'), local)
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
    }
    const { status, stderr } = spawnSync(
      'caddy',
      ['validate', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
      { cwd: folder, encoding: 'utf8', env },
    )
    const answer = status === 0 ? '' : stderr
    validated.set(text, answer)
    return answer
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
