import { FlyteDir, FlyteFile } from "@appenv/core";
import { pathOfUri } from "./path-of-uri.ts";
import { isRecord } from "./json-schema.ts";
import { keyStep } from "./mismatch.ts";

/**
 * True if two values are the same for a task: a missing property is undefined, and the order of keys does not count.
 * Negative zero is zero.
 */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other || (Number.isNaN(one) && Number.isNaN(other))) return true;
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  if (one instanceof FlyteFile && other instanceof FlyteFile) return pathOfUri(one.path) === pathOfUri(other.path);
  if (one instanceof FlyteDir && other instanceof FlyteDir) return pathOfUri(one.path) === pathOfUri(other.path);
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => sameValue(item, other[index]));
  }
  if (!isRecord(one) || !isRecord(other)) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => sameValue(one[key], other[key]));
}

/** Two values at the same place of two others. */
export interface Difference {
  /** For example `.items[3]`. */
  readonly path: string;
  readonly one: unknown;
  readonly other: unknown;
}

/** The first and innermost place at which two values are not the same; undefined if they are. */
export function differenceOf(one: unknown, other: unknown): Difference | undefined {
  if (sameValue(one, other)) return undefined;
  const parts =
    Array.isArray(one) && Array.isArray(other) && one.length === other.length ? [...one.keys()] : keysOf(one, other);
  for (const key of parts) {
    const found = differenceOf((one as Indexed)[key], (other as Indexed)[key]);
    if (found !== undefined)
      return { ...found, path: (typeof key === "number" ? `[${key}]` : keyStep(key)) + found.path };
  }
  return { path: "", one, other };
}

type Indexed = Readonly<Record<string | number, unknown>>;

function keysOf(one: unknown, other: unknown): readonly string[] {
  return isRecord(one) && isRecord(other) ? [...new Set([...Object.keys(one), ...Object.keys(other)])] : [];
}
