/** A running server, of whatever processes. */
export interface Server extends AsyncDisposable {
  /** Its processes, by pid; what they have started belongs to it too. */
  readonly roots: readonly number[];
  url(path?: string): string;
  /** Resolves when it answers a request for this path; rejects with what it wrote, if it ends or stays silent. */
  answered(path?: string): Promise<number>;
}
