import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const templates = fileURLToPath(new URL('templates/', import.meta.url))

/** Templates are bundled as text, `.json` as data (scripts/build.mjs): tests load them the same way. */
const textTemplates = {
  name: 'text-templates',
  enforce: 'pre' as const,
  load(id: string) {
    const path = id.split('?')[0] ?? id
    if (!path.startsWith(templates) || path.endsWith('.json')) return null
    return `export default ${JSON.stringify(readFileSync(path, 'utf8'))}`
  },
}

export default defineConfig({
  plugins: [textTemplates],
  test: {
    setupFiles: ['./test/setup.ts'],
    globalSetup: ['./test/stock-notice.ts'],
    // Vitest leaves one core for its own process, which mostly waits.
    maxWorkers: '100%',
    // The end of a run waits for that of the lab's Docker engine.
    teardownTimeout: 90_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], testTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: 'product',
          include: ['test/product/**/*.product.ts'],
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: { name: 'root', include: ['test/root/*.root.ts'], testTimeout: 120_000 },
      },
      {
        extends: true,
        test: { name: 'fuzz', include: ['test/**/*.fuzz.ts'], testTimeout: 600_000 },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e.ts'],
          globalSetup: ['./test/e2e/once-a-run.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
