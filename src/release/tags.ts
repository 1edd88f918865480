import { isCandidate } from './version.ts'

/** Every tag that Tracecat published from 0.40.0 on and that the facts here were read from, oldest first. */
export const knownTags: readonly string[] = `
0.40.0 0.41.0 0.42.0 0.42.1 0.42.2 0.42.3 0.42.4 0.42.5 0.42.6 0.42.7 0.42.8 0.42.9 0.43.0
0.43.1 0.43.2 0.43.3 0.43.4 0.43.5 0.43.6 0.43.7 0.44.0 0.45.0 0.45.1 0.45.2 0.45.3 0.46.0
0.46.1 0.46.2 0.46.3 0.46.4 0.46.5 0.46.6 0.46.7 0.47.0 0.47.1 0.47.2 0.47.3 0.47.4 0.47.5
0.47.6 0.47.7 0.47.8 0.48.0 0.48.1 0.48.2 0.48.3 0.49.0 0.50.0 0.50.1 0.51.0 0.51.1 0.52.0
0.52.1 0.52.2 0.53.0 0.53.1 0.53.2 0.53.3 0.53.4 0.53.5 0.53.6 0.53.7 0.53.8 0.53.9 0.53.10
0.53.11 0.53.12 0.53.13 0.53.14 0.53.15 0.53.16 0.53.17 0.53.18 0.53.19 0.53.20 0.53.21 0.53.22
0.53.23 0.53.24 0.53.25 1.0.0-beta.0 1.0.0-beta.1 1.0.0-beta.2 1.0.0-beta.3 1.0.0-beta.4
1.0.0-beta.5 1.0.0-beta.6 1.0.0-beta.7 1.0.0-beta.8 1.0.0-beta.9 1.0.0-beta.10 1.0.0-beta.11
1.0.0-beta.12 1.0.0-beta.13 1.0.0-beta.14 1.0.0-beta.15 1.0.0-beta.16 1.0.0-beta.17
1.0.0-beta.18 1.0.0-beta.19 1.0.0-beta.20 1.0.0-beta.21 1.0.0-beta.22 1.0.0-beta.23
1.0.0-beta.24 1.0.0-beta.25 1.0.0-beta.26 1.0.0-beta.27 1.0.0-beta.28 1.0.0-beta.29
1.0.0-beta.30 1.0.0-beta.31 1.0.0-beta.32 1.0.0-beta.33 1.0.0-beta.34 1.0.0-beta.35
1.0.0-beta.36 1.0.0-beta.37 1.0.0 1.0.0-beta.38 1.0.0-beta.39 1.0.0-beta.40-rc.1
1.0.0-beta.40-rc.2 1.0.0-beta.40 1.0.0-beta.41 1.0.0-beta.42-rc.1 1.0.0-beta.42 1.0.0-beta.43
1.0.0-beta.44 1.0.0-beta.44.post1 1.0.0-beta.45 1.0.0-beta.46-rc.1 1.0.0-beta.46
1.0.0-beta.46.post1 1.0.0-beta.47-rc.1 1.0.0-beta.47-rc.2 1.0.0-beta.47 1.0.0-beta.48-rc.1
1.0.0-beta.48-rc.2 1.0.0-beta.48-rc.3 1.0.0-beta.48-rc.4 1.0.0-beta.48-rc.5 1.0.0-beta.48-rc.6
1.0.0-beta.48-rc.7 1.0.0-beta.48-rc.8 1.0.0-beta.48-rc.9 1.0.0-beta.48-rc.10 1.0.0-beta.48-rc.11
1.0.0-beta.48-rc.12 1.0.0-beta.48-rc.13 1.0.0-beta.48-rc.14 1.0.0-beta.48-rc.15
1.0.0-beta.48-rc.16 1.0.0-beta.48-rc.17 1.0.0-beta.48-rc.19 1.0.0-beta.48-rc.20
1.0.0-beta.48-rc.21 1.0.0-beta.48-rc.22 1.0.0-beta.48 1.0.0-beta.49-rc.1 1.0.0-beta.49-rc.2
1.0.0-beta.49-rc.3 1.0.0-beta.49-rc.4 1.0.0-beta.49-rc.5 1.0.0-beta.49 1.0.0-beta.50-rc.1
1.0.0-beta.50-rc.2 1.0.0-beta.50-rc.3 1.0.0-beta.50-rc.4 1.0.0-beta.50-rc.5 1.0.0-beta.50-rc.6
1.0.0-beta.50-rc.7 1.0.0-beta.50-rc.8 1.0.0-beta.50 1.0.0-beta.51-rc.1 1.0.0-beta.51-rc.2
1.0.0-beta.51-rc.3 1.0.0-beta.51-rc.4 1.0.0-beta.51-rc.5 1.0.0-beta.51-rc.6 1.0.0-beta.51-rc.7
1.0.0-beta.51-rc.8 1.0.0-beta.51-rc.9 1.0.0-beta.51-rc.10 1.0.0-beta.51-rc.11
1.0.0-beta.51-rc.12 1.0.0-beta.51-rc.13 1.0.0-beta.51-rc.14 1.0.0-beta.51-rc.15 1.0.0-beta.51
1.0.0-beta.52-rc.1 1.0.0-beta.52-rc.2 1.0.0-beta.52-rc.3 1.0.0-beta.52-rc.4 1.0.0-beta.52-rc.5
1.0.0-beta.52-rc.6 1.0.0-beta.52-rc.7 1.0.0-beta.52-rc.8 1.0.0-beta.52-rc.9 1.0.0-beta.52-rc.10
`
  .trim()
  .split(/\s+/)

/** The newest known tag, release candidates included: where the table of facts ends. */
export const newestKnown = knownTags.at(-1) ?? ''

/** The newest known release that is no candidate: what an empty folder gets. */
export const newestFinal = knownTags.findLast((tag) => !isCandidate(tag)) ?? ''
