import { applyPlan } from '../../src/apply/engine.ts'
import { sha256 } from '../../src/apply/state-folder.ts'
import { Failure } from '../../src/failure.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { realWorld } from '../../src/world/real.ts'
import { errorCode } from '../../src/world/system-error.ts'

// Writes a file of an install again and again, each time as a run of its own: from the first look at the
// folder to the last rename. Prints how the runs ended.

const [directory = '', path = '', runs = ''] = process.argv.slice(2)
const endings: Record<string, number> = {}
for (let run = 1; run <= Number(runs); run += 1) {
  const ending = await once(run)
  endings[ending] = (endings[ending] ?? 0) + 1
}
process.stdout.write(JSON.stringify(endings))

async function once(run: number): Promise<string> {
  const world = realWorld(new Masker())
  try {
    await world.inside(directory, 'change', [], async (inside) => {
      const found = await inside.files.read(`${directory}/${path}`, 65_536)
      const before = found.kind === 'file' ? sha256(found.bytes) : 'absent'
      const after = new TextEncoder().encode(`run ${run}\n`)
      const changes = [{ path, before, after, mode: 0o644 }]
      await applyPlan(inside, directory, { command: 'init', changes })
    })
    return 'written'
  } catch (error) {
    if (error instanceof Failure) return error.kind
    const code = errorCode(error)
    if (code === undefined) throw error
    return code
  }
}
