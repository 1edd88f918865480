import { isAlias, isCollection, isMap, isScalar, isSeq, type Scalar } from 'yaml'
import { Failure } from '../../failure.ts'
import { parseYaml } from '../yaml/parse.ts'
import { applySplices, type Splice } from '../yaml/splice.ts'
import {
  type MaskRules,
  maskFreeText,
  maskUris,
  maskUserAndPassword,
  maskValue,
} from './mask-text.ts'

/** A YAML text with its secrets masked; broken YAML is masked by its lines. */
export function maskYaml(text: string, rules: MaskRules): string {
  const mark = text.startsWith('\ufeff') ? 1 : 0
  try {
    const parsed = parseYaml(text.slice(mark), 'yaml')
    const masking = new YamlMasking(parsed.text, rules)
    masking.run(parsed.root)
    const comments = outside(parsed.comments, masking.splices).map(({ start, end }) => ({
      start,
      end,
      text: maskFreeText(parsed.text.slice(start, end), rules),
    }))
    return text.slice(0, mark) + applySplices(parsed.text, [...masking.splices, ...comments])
  } catch (error) {
    if (error instanceof Failure) return maskBrokenYaml(text, rules)
    throw error
  }
}

/** Those that begin in none of the splices. */
function outside<Range extends { readonly start: number }>(
  ranges: readonly Range[],
  splices: readonly Splice[],
): readonly Range[] {
  const sorted = splices.toSorted((a, b) => a.start - b.start)
  let next = 0
  return ranges
    .toSorted((a, b) => a.start - b.start)
    .filter(({ start }) => {
      while ((sorted[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next += 1
      return start < (sorted[next]?.start ?? Number.POSITIVE_INFINITY)
    })
}

/** Aliases of aliases: a person writes two. After this many looks, every anchor's value counts as secret. */
const mostLooks = 8

class YamlMasking {
  splices: Splice[] = []
  readonly #text: string
  readonly #rules: MaskRules
  /** Anchors whose values stand under a secret's name somewhere. */
  readonly #secretAnchors = new Set<string>()
  #everyAnchor = false

  constructor(text: string, rules: MaskRules) {
    this.#text = text
    this.#rules = rules
  }

  run(root: unknown): void {
    for (let look = 1; ; look += 1) {
      const known = this.#secretAnchors.size
      this.#everyAnchor = look > mostLooks
      this.splices = []
      this.#walk(root, '', false)
      if (this.#everyAnchor || this.#secretAnchors.size === known) return
    }
  }

  #walk(node: unknown, place: string, isUnderSecret: boolean): void {
    if (isAlias(node) && isUnderSecret) this.#secretAnchors.add(node.source)
    const anchor = isCollection(node) || isScalar(node) ? node.anchor : undefined
    const isSecret =
      isUnderSecret ||
      (anchor !== undefined && (this.#everyAnchor || this.#secretAnchors.has(anchor)))
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (!isScalar(key) && !isAlias(key)) this.#walk(key, place, isSecret)
        const name = isScalar(key) ? String(key.source ?? key.value) : ''
        // Compose's own `secrets:` holds names and files.
        const isSection = name === 'secrets' && isCollection(value)
        this.#walk(
          value,
          `${place}.${name}`,
          isSecret || (this.#rules.isSecretName(name) && !isSection),
        )
      }
    }
    if (isSeq(node)) {
      let before = ''
      let isRedisClient = false
      let isCurl = false
      for (const item of node.items) {
        const isArgument =
          (/^--?[A-Za-z]/.test(before) && this.#rules.isSecretName(before.replace(/^-+/, ''))) ||
          (before === '-a' && isRedisClient)
        if (isCurl && /^(?:-[uU]|--(?:proxy-)?user)$/.test(before) && !isSecret && isScalar(item))
          this.#login(item)
        else this.#walk(item, `${place}[]`, isSecret || isArgument)
        before = isScalar(item) ? String(item.value) : ''
        isRedisClient ||= /(?:^|\/)redis-cli$/.test(before)
        isCurl ||= /(?:^|\/)curl$/.test(before)
      }
    }
    if (isScalar(node)) this.#scalar(node, place, isSecret)
  }

  #login(node: Scalar): void {
    const [start, end] = node.range ?? [0, 0]
    const value = String(node.value)
    const masked = maskUserAndPassword(value, this.#rules)
    if (masked !== value) this.splices.push({ start, end, text: requote(node, masked) })
  }

  #scalar(node: Scalar, place: string, isSecret: boolean): void {
    const [start, end] = node.range ?? [0, 0]
    const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
    const value = typeof node.value === 'string' ? node.value : (node.source ?? '')
    const [, name, assigned] = /^([A-Za-z_][\w.-]*)=([\s\S]*)$/.exec(value) ?? []
    let masked: string
    if (isSecret) masked = maskValue(place, value, this.#rules)
    else if (name !== undefined && assigned !== undefined && this.#rules.isSecretName(name)) {
      masked = `${name}=${maskValue(place + name, assigned, this.#rules)}`
    } else if (isBlock) {
      const raw = this.#text.slice(start, end)
      const text = maskFreeText(maskUris(raw, this.#rules), this.#rules)
      if (text !== raw) this.splices.push({ start, end, text })
      return
    } else masked = maskFreeText(maskUris(value, this.#rules), this.#rules)
    if (masked === value) return
    const eol = this.#text.slice(start, end).endsWith('\n') ? '\n' : ''
    this.splices.push({ start, end, text: requote(node, masked) + eol })
  }
}

/** The masked value in the quotes that it had. */
function requote(node: Scalar, masked: string): string {
  const text = masked.replace(/\s*\n\s*/g, ' ')
  if (node.type === 'QUOTE_DOUBLE') return `"${text}"`
  return node.type === 'QUOTE_SINGLE' ? `'${text}'` : text
}

const named = /^([ \t-]*)["']?([A-Za-z_][\w.-]*)["']?[ \t]*[=:]/

function maskBrokenYaml(text: string, rules: MaskRules): string {
  let hiddenFrom: number | undefined
  return text
    .split('\n')
    .flatMap((line) => {
      const indent = line.search(/[^ \t-]/)
      if (hiddenFrom !== undefined && (indent < 0 || indent > hiddenFrom)) return []
      const [, before = '', name = ''] = named.exec(line) ?? []
      hiddenFrom = name !== '' && rules.isSecretName(name) ? before.length : undefined
      return [maskFreeText(line, rules)]
    })
    .join('\n')
}
