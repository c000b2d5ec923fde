import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join, matchesGlob } from "node:path";

/** Copies a file. It is there when it is whole: another replica may read what was there before. */
export async function copyWhole(source: string, target: string): Promise<void> {
  const draft = `${target}.${randomUUID()}.part`;
  try {
    await copyFile(source, draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * Copies what is in a directory into another, beside what is there.
 *
 * @param ignored - Globs of what is left out: without a slash of a name at any depth, else of a path from the source.
 */
export async function copyDir(source: string, target: string, ignored: readonly string[], within = ""): Promise<void> {
  await mkdir(join(target, within), { recursive: true });
  for (const name of await readdir(join(source, within))) {
    const path = within === "" ? name : `${within}/${name}`;
    if (ignored.some((glob) => isIgnored(path, name, glob))) continue;
    // The target of a link is copied: from the other directory the link would lead somewhere else.
    const found = await stat(join(source, path)).catch(() => undefined);
    if (found?.isDirectory() === true) await copyDir(source, target, ignored, path);
    else if (found?.isFile() === true) await copyWhole(join(source, path), join(target, path));
  }
}

function isIgnored(path: string, name: string, glob: string): boolean {
  const bare = glob.replace(/\/$/, "");
  const pattern = bare.replace(/^\.?\//, "");
  const subject = bare.includes("/") ? path : name;
  return matchesGlob(subject, pattern) || matchesGlob(withoutDots(subject), withoutDots(pattern));
}

/** To `*`, names that begin with a dot are hidden; here they are names like others. */
function withoutDots(path: string): string {
  return path.replaceAll(/(^|\/)\./g, "$1_.");
}
