import { caddyfiles, envExamples, rows } from './checksums.ts'
import { compareTags, isCandidate } from './version.ts'

/** What Tracecat published under a tag: the commit, and the SHA-256 (hex) of each stock file. */
export interface StockFiles {
  readonly commit: string
  readonly sha256: {
    readonly 'docker-compose.yml': string
    readonly '.env.example': string
    readonly Caddyfile: string
  }
}

const known = parseRows()

/** Every tag whose stock files are known, oldest first. */
export const knownTags: readonly string[] = [...known.keys()].sort(compareTags)

/** The newest known tag, release candidates included: where the table of facts ends. */
export const newestKnown = knownTags.at(-1) ?? ''

/** The newest known release that is no candidate: what an empty folder gets. */
export const newestFinal = knownTags.findLast((tag) => !isCandidate(tag)) ?? ''

/** The facts about a tag's stock files, or undefined where this program does not know the tag. */
export function stockFiles(tag: string): StockFiles | undefined {
  return known.get(tag.replace(/^v/, '').replace(/@.*/, ''))
}

function parseRows(): ReadonlyMap<string, StockFiles> {
  const environments = lines(envExamples)
  const edges = lines(caddyfiles)
  return new Map(
    lines(rows).map((row) => {
      const [tag = '', commit = '', compose = '', environment, edge] = row.split(' ')
      const sha256 = {
        'docker-compose.yml': compose,
        '.env.example': environments[Number(environment)] ?? '',
        Caddyfile: edges[Number(edge)] ?? '',
      }
      return [tag, { commit, sha256 }]
    }),
  )
}

function lines(text: string): readonly string[] {
  return text.trim().split('\n')
}
