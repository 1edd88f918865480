import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AuditOptions } from '../../src/commands/audit/options.ts'
import { audit } from '../../src/commands/audit.ts'
import { type FakeParts, type FakeWorld, fakeWorld, temporaryFolder } from '../world/fake.ts'

const example = fileURLToPath(new URL('../../templates/example/', import.meta.url))

/** A folder as Tracecat's own steps leave it, with these files besides or instead. */
export function stockFolder(changes: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = temporaryFolder()
  copyFileSync(join(example, 'docker-compose.yml'), join(folder, 'docker-compose.yml'))
  copyFileSync(join(example, 'Caddyfile'), join(folder, 'Caddyfile'))
  copyFileSync(join(example, 'dot-env'), join(folder, '.env'))
  for (const [name, content] of Object.entries(changes)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

export interface Audited {
  readonly exitCode: number
  readonly out: string
  readonly err: string
  readonly world: FakeWorld
}

export async function runAudit(
  directories: readonly string[],
  options: Partial<AuditOptions> = {},
  parts: FakeParts = {},
): Promise<Audited> {
  const world = fakeWorld(parts)
  const exitCode = await audit(world, {
    directories,
    format: 'text',
    failOn: 'low',
    include: [],
    controls: [],
    verbose: false,
    ...options,
  })
  return { exitCode, out: world.printed.out.join('\n'), err: world.printed.err.join('\n'), world }
}

export interface AuditDocument {
  readonly version: number
  readonly installs: readonly {
    readonly dir: string
    readonly release: string
    readonly findings: readonly {
      readonly control: string
      readonly severity: string
      readonly status: 'open' | 'stays' | 'accepted'
      readonly reason?: string
      readonly file?: string
      readonly line?: number
      readonly evidence: string
    }[]
    readonly passed: readonly string[]
    readonly skipped: readonly { readonly control: string; readonly reason: string }[]
  }[]
  readonly failed?: readonly {
    readonly dir: string
    readonly message: string
    readonly file?: string
    readonly line?: number
  }[]
}

/** The same as JSON, read back. */
export async function auditDocument(
  directories: readonly string[],
  options: Partial<AuditOptions> = {},
  parts: FakeParts = {},
): Promise<AuditDocument & { readonly exitCode: number; readonly err: string }> {
  const { exitCode, out, err } = await runAudit(directories, { ...options, format: 'json' }, parts)
  const document: AuditDocument = JSON.parse(out)
  return { ...document, exitCode, err }
}

/** What counts against the installs, by control. */
export function openControls({ installs }: AuditDocument): readonly string[] {
  return installs.flatMap(({ findings }) =>
    findings.filter(({ status }) => status === 'open').map(({ control }) => control),
  )
}
