// Modules are loaded by Node's own threads, with whatever rights this process has at that moment. A file
// operation with a user's rights waits until none is under way: that user may not be able to read our program.

const underWay = new Set<Promise<unknown>>()

/** Loads a part of the program: every dynamic import goes through this. */
export async function load<Part>(begin: () => Promise<Part>): Promise<Part> {
  const part = begin()
  underWay.add(part)
  try {
    return await part
  } finally {
    underWay.delete(part)
  }
}

/** No part of the program is being loaded when this is over, until somebody waits for something else. */
export async function nothingLoading(): Promise<void> {
  while (underWay.size > 0) await Promise.allSettled(underWay)
}
