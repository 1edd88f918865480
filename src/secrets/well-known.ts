/**
 * Values that everybody knows: those of Tracecat's `.env.example` from 0.40.0 on, the images' own
 * defaults, and what people type instead of a password.
 */
const known = new Set([
  'your-tracecat-db-fernet-key',
  'your-tracecat-service-key',
  'your-tracecat-signing-secret',
  'your-auth-secret',
  'postgres',
  'postgresql',
  'temporal',
  'tracecat',
  // Words that anybody tries first, servers' names among them.
  'minio',
  'redis', // A server's name as well.
  'minioadmin',
  'minio123',
  'password',
  'password1',
  'password123',
  'passw0rd',
  'secret',
  'secrets',
  'supersecret',
  'admin',
  'admin123',
  'root',
  'test',
  'example',
  'default',
  'foobared',
  'changeme',
  'change-me',
  'change_me',
  'change-this',
  'changethis',
  'replaceme',
  'replace-me',
  'replace_me',
  'placeholder',
  'todo',
  'none',
  'null',
  'undefined',
  'qwerty',
  'letmein',
  '123456',
  '12345678',
  '123456789',
])

/**
 * Shapes of a placeholder: `your-...`, `<strong random password>`, `xxxx`, `${...}` left over,
 * `REPLACE_...`. Words only, and few of them: a random secret that begins like one is a secret.
 */
const shape =
  /^(?:<.*>|\{\{.*\}\}|\$\{.*\}|x{3,}|\*{3,}|\.{3}|(?:your|change|replace|insert|enter|put)[-_ ][a-z _.-]{0,36})$/i

/** Is this a default or a placeholder that anybody may know? Case and surrounding blanks don't count. */
export function isWellKnown(value: string): boolean {
  const text = value.trim()
  return known.has(text.toLowerCase()) || shape.test(text)
}
