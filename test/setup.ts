import fc from 'fast-check'

// The same cases in every run, so that a change is judged by what it changed. FUZZ_SEED takes others.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.FUZZ_SEED ?? 2026) })
