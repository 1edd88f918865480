import { isMap } from 'yaml'
import type { YamlEdit } from '../../controls/edit.ts'
import { Failure } from '../../failure.ts'
import { applyEdit, type Refuse } from './apply-edit.ts'
import { lineAt } from './broken.ts'
import { lineOfPath } from './locate.ts'
import { type ParsedYaml, parseYaml } from './parse.ts'
import { Lines, layoutOf } from './places.ts'
import { difference, equal, Mapping, pathInto } from './plain.ts'
import { Reconciler, type Strategy } from './reconcile.ts'
import { type Comments, renderDocument } from './render.ts'
import { applySplices } from './splice.ts'

const byteOrderMark = '\ufeff'

const strategies: readonly Strategy[] = [true, false].flatMap((setApart) =>
  [true, false].flatMap((useAnchors) =>
    [true, false].map((nestShared) => ({ useAnchors, nestShared, setApart })),
  ),
)

/**
 * Edits the text of an admin's Compose override: only what the edits name changes, all other bytes
 * stay. An empty text gives a new document with `comments`. The result is parsed again and must
 * have exactly the value that the edits ask for; a text that has it already comes back as it is.
 *
 * Throws a Failure ('badInput', file and line) for broken YAML, and where the admin's own structure
 * is in the way: a scalar, a `!reset`, an anchor that others use, or no way of writing the edits
 * proves right. Its `lines` are then what to write by hand.
 */
export function editYaml(
  text: string,
  edits: readonly YamlEdit[],
  file: string,
  comments: Comments = {},
): string {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : ''
  return mark + editText(text.slice(mark.length), edits, file, comments)
}

function editText(
  text: string,
  edits: readonly YamlEdit[],
  file: string,
  comments: Comments,
): string {
  if (text.trim() === '') {
    const wanted = edits.reduce(
      (value, edit) => applyEdit(value, edit, refuser(parseYaml('', file))),
      empty,
    )
    return wanted.own.size === 0 ? text : renderDocument(wanted, comments)
  }
  // Splices work on whole lines: a missing last line break is lent and taken back.
  const { eol } = new Lines(text)
  const lent = text.endsWith('\n') ? '' : eol
  const parsed = parseYaml(text + lent, file)
  const wanted = edits.reduce(
    (value, edit) => applyEdit(value, edit, refuser(parsed)),
    parsed.value,
  )
  if (equal(parsed.value, wanted)) return text
  return prove(parsed, wanted, lent)
}

const empty = new Mapping(new Map())

function refuser(parsed: ParsedYaml): Refuse {
  return (path, why, remedy) =>
    new Failure('badInput', `\`${path.join('.')}\` ${why}`, {
      where: { file: parsed.file, line: lineOfPath(parsed, path) },
      remedy,
    })
}

function prove(parsed: ParsedYaml, wanted: Mapping, lent: string): string {
  let shared: number | undefined
  for (const strategy of strategies) {
    const reconciler = new Reconciler(parsed, strategy)
    try {
      const text = write(parsed, wanted, reconciler)
      const result = lent !== '' && text.endsWith(lent) ? text.slice(0, -lent.length) : text
      if (equal(parseYaml(result, parsed.file).value, wanted)) return result
    } catch (error) {
      // The next way may do.
      if (error instanceof TypeError) throw error
    }
    shared ??= reconciler.sharedChange?.range?.[0]
  }
  if (shared !== undefined) {
    throw new Failure(
      'badInput',
      'a value that we must change has an anchor that other places use',
      {
        where: { file: parsed.file, line: lineAt(parsed.text, shared) },
        remedy: 'Write the value out where its alias stands, remove the anchor, and run again.',
      },
    )
  }
  throw byHand(parsed, wanted)
}

function byHand(parsed: ParsedYaml, wanted: Mapping): Failure {
  const missing = difference(parsed.value, wanted)
  return new Failure(
    'badInput',
    'these lines cannot be put into the file so that all else in it stays as it is',
    {
      where: { file: parsed.file, line: lineOfPath(parsed, pathInto(parsed.value, missing)) },
      remedy: 'Write them yourself, merged with what stands there, and run again:',
      lines: renderDocument(missing, {}).trimEnd().split('\n'),
    },
  )
}

function write(parsed: ParsedYaml, wanted: Mapping, reconciler: Reconciler): string {
  const { text, root } = parsed
  const { eol } = reconciler.lines
  if (isMap(root) && root.items.length > 0) {
    reconciler.root(root, wanted)
    return applySplices(text, reconciler.splices)
  }
  const document = renderDocument(wanted, {}, layoutOf(text, root, true)).replaceAll('\n', eol)
  const range = root?.range
  if (!range) return text + document
  const above = text.slice(0, range[0])
  const start = reconciler.lines.isFirst(range[0]) ? above : above.trimEnd() + eol
  const end = reconciler.lines.next(range[1])
  const rest = text.slice(range[1], end)
  return `${start}${document}${rest.trim() === '' ? '' : rest.trimStart()}${text.slice(end)}`
}
