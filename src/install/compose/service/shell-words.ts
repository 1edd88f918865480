interface State {
  readonly words: string[]
  word: string
  /** A word has begun, an empty quoted one too. */
  begun: boolean
  quote: '"' | "'" | undefined
  escaped: boolean
  backtick: boolean
  /** Inside `$(...)`. */
  substitution: boolean
}

const isSpace = (character: string): boolean => /^[ \t\r\n]$/.test(character)

/**
 * Splits a command as Compose does: quotes and backslashes as in a shell, a backslash inside
 * double quotes always escapes, `$(...)` and backticks stay as text, and everything from an
 * unquoted `;`, `&`, `|`, `<` or `>` on is dropped without a word. Measured with Compose 2.40.
 * undefined where Compose refuses it: an open quote, a bare parenthesis, a backslash at the end.
 */
export function splitWords(command: string): readonly string[] | undefined {
  const state: State = {
    words: [],
    word: '',
    begun: false,
    quote: undefined,
    escaped: false,
    backtick: false,
    substitution: false,
  }
  for (const character of command) {
    const next = step(state, character)
    if (next === 'refuse') return undefined
    if (next === 'end') break
  }
  if (state.begun) state.words.push(state.word)
  const open = state.escaped || state.quote !== undefined || state.backtick || state.substitution
  return open ? undefined : state.words
}

function append(state: State, character: string): void {
  state.word += character
  state.begun = true
}

function step(state: State, character: string): 'refuse' | 'end' | undefined {
  if (state.escaped) {
    append(state, character)
    state.escaped = false
    return undefined
  }
  if (character === '\\') {
    if (state.quote === "'") state.word += character
    else state.escaped = true
    return undefined
  }
  const verbatim = state.quote !== undefined || state.backtick || state.substitution
  if (isSpace(character)) {
    if (verbatim) state.word += character
    else if (state.begun) {
      state.words.push(state.word)
      state.word = ''
      state.begun = false
    }
    return undefined
  }
  if ((character === '"' || character === "'") && !state.substitution)
    return quote(state, character)
  return bare(state, character, verbatim)
}

function quote(state: State, character: '"' | "'"): undefined {
  if (state.quote !== undefined && state.quote !== character) {
    append(state, character)
    return
  }
  if (state.quote === character) state.begun = true
  state.quote = state.quote === undefined ? character : undefined
}

function bare(state: State, character: string, verbatim: boolean): 'refuse' | 'end' | undefined {
  const quoted = state.quote !== undefined
  if (character === '`' && !quoted && !state.substitution) state.backtick = !state.backtick
  if (character === ')' && !quoted && !state.backtick) state.substitution = !state.substitution
  if (character === '(' && !quoted && !state.backtick) {
    if (state.substitution || !state.word.endsWith('$')) return 'refuse'
    state.substitution = true
  }
  if (';&|<>'.includes(character) && !verbatim) {
    // `2>` names a stream, so the word before it is none
    if (character === '>' && /^[0-9]/.test(state.word)) state.begun = false
    return 'end'
  }
  append(state, character)
  return undefined
}
