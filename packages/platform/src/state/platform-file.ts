import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The content of `platform.json` in the state directory: the platform that runs. */
export interface PlatformFile {
  /** The API's URL. */
  readonly endpoint: string;
  /** The path of its Unix socket, where there is one. */
  readonly socket?: string;
  /** Its process. */
  readonly pid: number;
  /** The state directory. */
  readonly home: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

const name = "platform.json";

/** Writes the file in one step: a reader sees the whole of it or nothing. */
export function writePlatformFile(home: string, content: PlatformFile): void {
  const temporary = join(home, `${name}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, join(home, name));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The content of the file; undefined without a readable one. It may be left over from a platform that was killed. */
export function readPlatformFile(home: string): PlatformFile | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(join(home, name), "utf8"));
    return isPlatformFile(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function isPlatformFile(value: unknown): value is PlatformFile {
  if (typeof value !== "object" || value === null) return false;
  const { endpoint, pid } = value as Partial<PlatformFile>;
  return typeof endpoint === "string" && typeof pid === "number";
}

/** Removes the file. */
export function removePlatformFile(home: string): void {
  rmSync(join(home, name), { force: true });
}
