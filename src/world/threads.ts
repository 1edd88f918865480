/** A thread of its own, which answers what it is asked, in order. */
export interface Thread<Request, Answer> {
  /** Rejects where the thread has ended, for whatever reason. */
  ask(request: Request): Promise<Answer>
  end(): Promise<void>
}
