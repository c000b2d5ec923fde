import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, sep } from "node:path";
import { promisify } from "node:util";

/** A file, and the hash git knows of its content; without one the content has to be read. */
interface Entry {
  readonly path: string;
  readonly blob?: string;
}

/** Maximum number of files that are looked at without git. */
const mostFiles = 20_000;
/**
 * Limits of what is read of one file, and of all, in bytes; beyond them, size and time of change stand for the content.
 */
const largestRead = 8 * 2 ** 20;
const mostRead = 128 * 2 ** 20;

/** Files that programs write beside their code. */
const data = /\.(db|sqlite3?|log|pid|tmp|swp)(-(wal|shm|journal))?$|~$/;
const skipped = /(^|\/)(node_modules|\.appenv|\.git)(\/|$)/;

/**
 * The files of a folder as git sees them, tracked and untracked but not ignored; without git all but node_modules and what
 * begins with a dot. Relative to the folder, with slashes.
 */
export async function listFiles(folder: string): Promise<readonly string[]> {
  return (await entriesOf(folder)).map(({ path }) => path);
}

/** Files that are loaded as code or as a part of pages: others may have been written by the app itself. */
const loadable =
  /\.([cm]?[jt]sx?|wasm|node|html?|ejs|pug|hbs|handlebars|mustache|njk|liquid|eta|css|graphql|gql|sql|proto|ya?ml|toml)$/;

/** As `listFiles`, of the files that code may load. */
export async function listLoadable(folder: string): Promise<readonly string[]> {
  return (await listFiles(folder)).filter((path) => loadable.test(path));
}

/** As `hashFiles`, of the files that code may load. */
export async function hashLoadable(folder: string): Promise<string> {
  return hashFiles(folder, (path) => loadable.test(path));
}

/** A hash of the names and contents of a folder's files, those of `listFiles`. */
export async function hashFiles(folder: string, counts: (path: string) => boolean = () => true): Promise<string> {
  const hash = createHash("sha256");
  const budget = { left: mostRead };
  for (const entry of await entriesOf(folder)) {
    if (!counts(entry.path)) continue;
    const blob = entry.blob ?? (await hashFile(join(folder, entry.path), budget));
    if (blob !== undefined) hash.update(`${entry.path}\0${blob}\0`);
  }
  return hash.digest("hex").slice(0, 32);
}

async function entriesOf(folder: string): Promise<readonly Entry[]> {
  const found = (await gitEntries(folder)) ?? (await walk(folder));
  return found.filter(({ path }) => !skipped.test(path)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Undefined if git does not know the folder, or ignores all of it. */
async function gitEntries(folder: string): Promise<readonly Entry[] | undefined> {
  try {
    const [tracked, changed, untracked] = await Promise.all([
      git(folder, "-s"),
      git(folder, "-m"),
      git(folder, "-o", "--exclude-standard"),
    ]);
    const entries = new Map<string, Entry>();
    for (const line of tracked) {
      const [, blob, path] = /^\d+ ([0-9a-f]+) \d\t(.*)$/s.exec(line) ?? [];
      if (path !== undefined && blob !== undefined) entries.set(path, { path, blob });
    }
    for (const path of changed) entries.set(path, { path });
    for (const path of untracked) if (!data.test(path)) entries.set(path, { path });
    return entries.size === 0 ? undefined : [...entries.values()];
  } catch {
    return undefined;
  }
}

async function git(folder: string, ...options: readonly string[]): Promise<readonly string[]> {
  // A hook of git sets these for its own repository.
  const { GIT_DIR: _dir, GIT_INDEX_FILE: _index, GIT_WORK_TREE: _tree, ...env } = process.env;
  const { stdout } = await promisify(execFile)("git", ["-C", folder, "ls-files", "-z", ...options, "--", "."], {
    env: { ...env, GIT_OPTIONAL_LOCKS: "0" },
    maxBuffer: 256 * 2 ** 20,
  });
  return stdout.split("\0").filter((line) => line !== "");
}

async function walk(folder: string): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  const open = [""];
  for (let place = open.pop(); place !== undefined && found.length < mostFiles; place = open.pop()) {
    const items = await readdir(join(folder, place), { withFileTypes: true }).catch(() => []);
    for (const item of items) {
      if (item.name.startsWith(".") || item.name === "node_modules" || data.test(item.name)) continue;
      const path = place === "" ? item.name : `${place}/${item.name}`;
      if (item.isDirectory()) open.push(path);
      else found.push({ path });
    }
  }
  return found;
}

/** The hash that git would give it, so that a commit changes nothing; undefined if it is not there. */
async function hashFile(file: string, budget: { left: number }): Promise<string | undefined> {
  try {
    const stat = await lstat(file);
    if (stat.isDirectory()) return undefined;
    if (stat.size > largestRead || stat.size > budget.left) return `${stat.size} ${stat.mtimeMs}`;
    budget.left -= stat.size;
    const content = stat.isSymbolicLink()
      ? Buffer.from((await readlink(file)).replaceAll(sep, "/"))
      : await readFile(file);
    return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
  } catch {
    return undefined;
  }
}
