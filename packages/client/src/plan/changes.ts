/** A difference between two definitions. */
export interface Change {
  /** For example `replicas.max` or `envVars.LOG_LEVEL`. */
  readonly path: string;
  /** As JSON; undefined: it was not there. */
  readonly before: string | undefined;
  /** As JSON; undefined: it is there no more. */
  readonly after: string | undefined;
}

/** Names of values that may be secrets, although secrets have a place of their own. */
const confidential = /secret|token|password|passphrase|credential|api_?key|private/i;

/** The differences of two plain values, by path. Values whose names sound like secrets are left out of them. */
export function changesBetween(before: unknown, after: unknown, path = ""): readonly Change[] {
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    return names.flatMap((name) => changesBetween(before[name], after[name], path === "" ? name : `${path}.${name}`));
  }
  const [old, now] = [before, after].map((value) => textOf(value));
  if (old === now) return [];
  if (!confidential.test(path)) return [{ path, before: old, after: now }];
  return [{ path, before: old && "(hidden)", after: now && "(hidden)" }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries));
}
