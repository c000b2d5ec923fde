import { mostIssues, pathOf } from "@appenv-internal/openapi/standard-schema";

/** The answer to an event that was not taken: in place of the acknowledgement, else as an event `error`. */
export interface RefusedEvent {
  readonly error: {
    /**
     * `INVALID_EVENT`: its arguments do not fit its schemas. `UNKNOWN_EVENT`: no such event is declared. `INTERNAL`: the
     * app's listener failed.
     */
    readonly code: "INVALID_EVENT" | "UNKNOWN_EVENT" | "INTERNAL";
    /** The event's name. */
    readonly event: string;
    /** The mistake, for people. */
    readonly message: string;
    /** Each mistake and its place: a JSON pointer into the arguments, for example `/0/text`. */
    readonly issues: readonly { readonly path: string; readonly message: string }[];
  };
}

/** One thing a schema found. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The refusal of an event whose arguments do not fit, with the first 20 issues. */
export function invalidEvent(event: string, issues: readonly Issue[]): RefusedEvent {
  const told = issues.slice(0, mostIssues);
  const places = told.map((issue) => ({ path: pathOf(issue), message: issue.message }));
  const message = places.map((issue) => `${issue.path}: ${issue.message}`).join("; ");
  return { error: { code: "INVALID_EVENT", event, message: `'${event}' does not fit: ${message}`, issues: places } };
}

/** The refusal of an event that is not declared. */
export function unknownEvent(event: string): RefusedEvent {
  return { error: { code: "UNKNOWN_EVENT", event, message: `There is no event '${event}' here.`, issues: [] } };
}

/** The acknowledgement when a listener failed; the app's log says why. */
export function failedEvent(event: string): RefusedEvent {
  return { error: { code: "INTERNAL", event, message: `The app failed to handle '${event}'.`, issues: [] } };
}
