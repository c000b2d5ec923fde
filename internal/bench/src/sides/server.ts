/** A running server of one or more processes. */
export interface Server extends AsyncDisposable {
  /** Its processes, by pid; the processes that they started belong to it too. */
  readonly roots: readonly number[];
  url(path?: string): string;
  /** Resolves when it answers a request for this path; rejects with what it wrote, if it ends or stays silent. */
  answered(path?: string): Promise<number>;
}
