import { test } from 'vitest'
import { answers } from './answers.ts'
import { look, open, runInit, textOf } from './run.ts'
import { emptyFolder, stockInstall, upstream } from './stock.ts'
test('x', async () => {
  const directory = emptyFolder()
  await runInit(directory, answers(), { options: { from: upstream, tracecatVersion: '1.0.0-beta.51' } })
  const one = textOf(directory, 'docker-compose.override.yml')
  const { judgement, plan } = await look(directory, { options: { fresh: true } })
  console.log(open(judgement), plan.files.map((f) => f.path))
  const two = plan.files.find((f) => f.path.endsWith('override.yml'))?.after ?? ''
  const lines = new Set(one.split('\n')); console.log(two.split('\n').filter((l) => !lines.has(l)).join('\n'))
  console.log(one.length, two.length, one.slice(0, 900), '=====', two.slice(0, 900))
})
