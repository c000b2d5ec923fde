import { FlyteDir, FlyteFile } from "@appenv/core";
import { pathOfUri } from "./path-of-uri.ts";
import { isRecord } from "./json-schema.ts";

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
