import { spawn } from 'node:child_process'

/**
 * Shows a text in the pager that `PAGER` names, else in `less -RK` (Ctrl-C leaves it). The pager has the screen until it is
 * left; Ctrl-C there reaches us too, so hold interrupts meanwhile.
 * @returns false where it cannot be started, or says that it failed: busybox knows no `-K`
 */
export function showInPager(text: string, named: string | undefined): Promise<boolean> {
  return new Promise((done) => {
    // A PAGER is a command line: everybody lets a shell read it.
    const [program, args] =
      named === undefined ? (['less', ['-RK']] as const) : (['sh', ['-c', named]] as const)
    const pager = spawn(program, args, { stdio: ['pipe', 'inherit', 'inherit'] })
    pager.once('error', () => done(false))
    // 2 is how less leaves at Ctrl-C.
    pager.once('close', (code) => done(code === null || code === 0 || code === 2))
    // Left before it has read everything.
    pager.stdin.on('error', () => undefined)
    pager.stdin.end(`${text}\n`)
  })
}
