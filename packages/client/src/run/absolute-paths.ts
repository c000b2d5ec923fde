import { resolve } from "node:path";
import { FlyteDir, FlyteFile } from "@appenv/core";

/** A value whose files are named from the root: a task runs in another directory than the one that started it. */
export function absolutePaths(value: unknown): unknown {
  if (value instanceof FlyteFile) return new FlyteFile(absolute(value.path));
  if (value instanceof FlyteDir) return new FlyteDir(absolute(value.path));
  if (Array.isArray(value)) return value.map((item) => absolutePaths(item));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, absolutePaths(item)]));
}

function absolute(path: string): string {
  return /^[a-z][a-z0-9+.-]+:/i.test(path) ? path : resolve(path);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
