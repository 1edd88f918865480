import type { YAMLError } from 'yaml'
import { Failure } from '../../failure.ts'

/** What is wrong, by the parser's code. Its own messages may quote a secret. */
export const reasons: Partial<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag',
  BAD_ALIAS: 'an alias or anchor has no usable name',
  BAD_DQ_ESCAPE: 'there is an unknown escape in double quotes',
  BAD_INDENT: 'the indentation does not fit',
  BAD_SCALAR_START: 'a value starts with a reserved character; quote it',
  BLOCK_AS_IMPLICIT_KEY:
    'a nested mapping or list stands where it cannot; check indentation and quotes',
  BLOCK_IN_FLOW: 'a block stands within brackets or braces',
  DUPLICATE_KEY: 'a key stands twice in one mapping',
  MISSING_CHAR: 'a colon, comma, bracket, quote or space is missing',
  MULTILINE_IMPLICIT_KEY: 'a key spans several lines',
  TAB_AS_INDENT: 'a tab is used for indentation; use spaces',
  UNEXPECTED_TOKEN: 'something stands where it cannot',
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** An error of the admin's file. The parser's own message is not used: it may quote a secret. */
export function broken(
  text: string,
  file: string,
  offset: number,
  why: string,
  remedy?: string,
): Failure {
  return new Failure('badInput', `${file} cannot be read as YAML: ${why}`, {
    where: { file, line: lineAt(text, offset) },
    remedy: remedy ?? 'Correct the line, check with `docker compose config -q`, and run again.',
  })
}
