/** The result of one check. */
export interface Finding {
  /** The subject of the check. */
  readonly check: string;
  /** `fail` would stop `appenv serve`; `warn` would not. */
  readonly status: "ok" | "warn" | "fail";
  /** The finding: a sentence without its full stop. */
  readonly found: string;
  /** The remedy, unless it is `ok`. */
  readonly fix?: string;
}
