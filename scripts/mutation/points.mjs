/**
 * Where a source file can be changed so that a test ought to notice: the mutants of one file. Nothing is
 * read or written here.
 */
import ts from 'typescript'

/**
 * One change of the source.
 * @typedef {object} Mutant
 * @property {string} id `src/plan/fold.ts:12:7 comparison`, the same for the same source
 * @property {string} file relative to the project
 * @property {number} start
 * @property {number} end
 * @property {string} was
 * @property {string} becomes
 */

/** @type {ReadonlyMap<ts.SyntaxKind, string>} */
const comparisons = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
])

/** @type {ReadonlyMap<ts.SyntaxKind, string>} */
const connectives = new Map([
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
])

/**
 * @param {string} file relative to the project
 * @param {string} text
 * @returns {Mutant[]}
 */
export function mutantsOf(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  /** @type {Mutant[]} */
  const found = []
  /**
   * @param {ts.Node} node
   * @param {string} kind
   * @param {string} becomes
   */
  const add = (node, kind, becomes) => {
    const start = node.getStart(source)
    const end = node.getEnd()
    const { line, character } = source.getLineAndCharacterOfPosition(start)
    const id = `${file}:${line + 1}:${character + 1} ${kind}`
    found.push({ id, file, start, end, was: text.slice(start, end), becomes })
  }
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node))
      return
    const condition = conditionOf(node)
    if (condition !== undefined) add(condition, 'condition', `!(${condition.getText(source)})`)
    if (ts.isBinaryExpression(node)) {
      const comparison = comparisons.get(node.operatorToken.kind)
      if (comparison !== undefined) add(node.operatorToken, 'comparison', comparison)
      const connective = connectives.get(node.operatorToken.kind)
      if (connective !== undefined) add(node.operatorToken, 'connective', connective)
    }
    if (node.kind === ts.SyntaxKind.TrueKeyword) add(node, 'boolean', 'false')
    if (node.kind === ts.SyntaxKind.FalseKeyword) add(node, 'boolean', 'true')
    if (ts.isNumericLiteral(node)) add(node, 'number', `(${node.getText(source)} + 1)`)
    if (isRemovable(node)) add(node, 'statement', ';')
    const returned = returnedBy(node)
    if (returned !== undefined) add(returned, 'return', '(undefined as never)')
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/**
 * What a statement or `?:` decides by.
 * @param {ts.Node} node
 */
function conditionOf(node) {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return node.expression
  return ts.isConditionalExpression(node) ? node.condition : undefined
}

/**
 * A call, an assignment or a `throw` that stands alone.
 * @param {ts.Node} node
 */
function isRemovable(node) {
  if (ts.isThrowStatement(node)) return true
  if (!ts.isExpressionStatement(node)) return false
  const { expression } = node
  const inner = ts.isAwaitExpression(expression) ? expression.expression : expression
  if (ts.isCallExpression(inner)) return inner.expression.kind !== ts.SyntaxKind.SuperKeyword
  return (
    ts.isBinaryExpression(inner) &&
    inner.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
    inner.operatorToken.kind <= ts.SyntaxKind.LastAssignment
  )
}

/**
 * What a function gives back, where that is more than a name or a constant that another mutant changes.
 * @param {ts.Node} node
 */
function returnedBy(node) {
  const value = ts.isReturnStatement(node)
    ? node.expression
    : ts.isArrowFunction(node) && !ts.isBlock(node.body)
      ? node.body
      : undefined
  const isConstant =
    value?.kind === ts.SyntaxKind.TrueKeyword || value?.kind === ts.SyntaxKind.FalseKeyword
  return isConstant || value?.getText() === 'undefined' ? undefined : value
}
