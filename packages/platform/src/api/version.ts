import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

let version: string | undefined;

/** This package's version. */
export function platformVersion(): string {
  version ??= readVersion();
  return version;
}

function readVersion(): string {
  const manifest = findPackageJSON("..", import.meta.url);
  if (manifest === undefined) return "unknown";
  return String((JSON.parse(readFileSync(manifest, "utf8")) as { version?: unknown }).version);
}
