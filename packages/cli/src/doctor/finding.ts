/** What one check found. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  /** `fail` would stop `appenv serve`; `warn` would not. */
  readonly status: "ok" | "warn" | "fail";
  /** What was found, a sentence without its full stop. */
  readonly found: string;
  /** What to do, unless it is `ok`. */
  readonly fix?: string;
}
