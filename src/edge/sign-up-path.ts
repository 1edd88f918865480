/**
 * Sign-up in every spelling that reaches the api's route: Caddy compares the decoded and cleaned
 * path, and `handle_path /api*` cuts the prefix of /apiauth as well. The api itself cuts /api once
 * more where its root path is set, so /api/api is the same route; and to its router, as to every `$`
 * of Python, a line end behind the path (`%0A`) is the end.
 */
export const signUpPath = '(?i)^/api(?:/?api)*/?auth/register(?:[^a-z0-9_-]|$)'
