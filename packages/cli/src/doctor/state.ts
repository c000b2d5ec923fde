import { existsSync } from "node:fs";
import { rm, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Finding } from "./finding.ts";

const mebibyte = 2 ** 20;
const leastBytes = 50 * mebibyte;
const comfortableBytes = 500 * mebibyte;

/** Checks that the platform can keep its state. */
export async function checkState(home: string): Promise<readonly Finding[]> {
  const existing = nearestExisting(home);
  const isNew = existing === home ? "" : " (it will be created)";
  try {
    await tryWriting(existing);
  } catch {
    const fix = `Give your user write access to ${existing}, or set APPENV_HOME to another directory.`;
    return [{ check: "state", status: "fail", found: `${home} cannot be written`, fix }];
  }
  return [{ check: "state", status: "ok", found: `state is kept in ${home}${isNew}` }, await checkSpace(existing)];
}

/** Permissions do not tell it all: a file system may be read-only, for example. */
async function tryWriting(directory: string): Promise<void> {
  const file = join(directory, `.appenv-doctor-${process.pid}`);
  await writeFile(file, "");
  await rm(file);
}

async function checkSpace(directory: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  const found = `${Math.floor(free / mebibyte)} MiB are free under ${directory}`;
  if (free >= comfortableBytes) return { check: "disk", status: "ok", found };
  const fix = "Free some space, or set APPENV_HOME to a directory on another disk.";
  return { check: "disk", status: free < leastBytes ? "fail" : "warn", found, fix };
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}
