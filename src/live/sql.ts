/**
 * A name (a role's) in SQL.
 * @throws Error for a NUL, which PostgreSQL has in no name
 */
export function identifier(name: string): string {
  return `"${withoutNul(name).replaceAll('"', '""')}"`
}

/**
 * A text in SQL. With a backslash it becomes `E'...'`, which says the same whatever
 * standard_conforming_strings is, as libpq's PQescapeLiteral does.
 * @throws Error for a NUL
 */
export function literal(text: string): string {
  const quoted = `'${withoutNul(text).replaceAll("'", "''")}'`
  return quoted.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

function withoutNul(text: string): string {
  if (text.includes('\0')) throw new Error('SQL cannot hold a NUL')
  return text
}
