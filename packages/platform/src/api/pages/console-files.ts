import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the console, as it was built: as it is and compressed. */
export interface ConsoleFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly br: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The folder of the built console: files that a browser loads, and nothing that is imported here. */
export function consoleFolder(): string {
  return join(dirname(fileURLToPath(import.meta.resolve("@appenv/console/package.json"))), "dist");
}

/** Reads all files of the console by their paths in URLs; none if it has not been built. */
export function readConsole(folder: string): ReadonlyMap<string, ConsoleFile> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  const files = names.filter((name) => types[extname(name)] !== undefined);
  return new Map(files.map((name) => [`/${name}`, readFile(folder, name)]));
}

function readFile(folder: string, name: string): ConsoleFile {
  const path = join(folder, name);
  const plain = readFileSync(path);
  const hash = createHash("sha256").update(plain).digest("base64url").slice(0, 27);
  return {
    type: types[extname(name)] ?? "",
    etag: `"${hash}"`,
    plain,
    br: readIfThere(`${path}.br`),
    gzip: readIfThere(`${path}.gz`),
  };
}

function readIfThere(path: string): Buffer | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}
