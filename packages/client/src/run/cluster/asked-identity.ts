/** The identity that a run is asked to have. */
export interface AskedIdentity {
  readonly name?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** True if the key is not the caller's, but that of the code that starts the run inside another one. */
  readonly isKeyOfCode?: boolean | undefined;
}
