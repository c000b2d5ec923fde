import { open } from "node:fs/promises";
import { createHash } from "node:crypto";
import type { Bundle } from "./bundle.ts";
import { packagesFrom, packagesOf, type PackageTree } from "./package-tree.ts";
import { hashFiles, hashLoadable } from "./project-files.ts";

/** The packages and files that a bundle needs beside its own code, as they were when it was made. */
export interface Contents extends PackageTree {
  /** A folder whose files are loaded while it runs, and their hash; unset: it loads none. */
  readonly loaded?: { readonly folder: string; readonly hash: string };
}

const mark = "//# appenv-contents=";
/** Size of the end of a file that is read at once, in bytes. */
const tailBytes = 64 * 2 ** 10;
/** Maximum number of packages that are named. */
const mostNamed = 5;

/** The last line of a bundle, so that code with other packages is another bundle. */
export function contentsLine(contents: Contents): string {
  return `\n${mark}${JSON.stringify(contents)}\n`;
}

/** The changes since a bundle was made, in words; undefined if there are none, or nothing is known. */
export async function changesSince(bundleFile: string): Promise<string | undefined> {
  const contents = await readContents(bundleFile);
  if (contents === undefined) return undefined;
  const packages = differences(contents.packages, packagesFrom(contents.roots));
  const { loaded } = contents;
  const isAsBefore = loaded === undefined || (await hashLoadable(loaded.folder)) === loaded.hash;
  const files = isAsBefore ? undefined : tell(loaded.folder);
  const said = [packages, files].filter((text) => text !== undefined);
  return said.length === 0 ? undefined : said.join("; ");
}

/** The changes of the files that a command may run, in words; undefined if there are none. */
export async function fileChanges(folder: string, hash: string): Promise<string | undefined> {
  return (await hashFiles(folder)) === hash ? undefined : tell(folder);
}

function tell(folder: string): string {
  return `files in ${folder} have changed`;
}

function differences(before: readonly string[], now: readonly string[]): string | undefined {
  const [gone, come] = [without(before, now), without(now, before)];
  if (gone.length === 0 && come.length === 0) return undefined;
  const changed = gone.map((old) => {
    const others = come
      .filter((each) => nameOf(each) === nameOf(old))
      .map((each) => each.slice(nameOf(old).length + 1));
    return others.length === 0 ? `${old} is gone` : `${old} is ${others.join(" and ")} now`;
  });
  const added = come
    .filter((each) => !gone.some((old) => nameOf(old) === nameOf(each)))
    .map((each) => `${each} is new`);
  const all = [...changed, ...added];
  const rest = all.length > mostNamed ? `, and ${all.length - mostNamed} more` : "";
  return `${all.slice(0, mostNamed).join(", ")}${rest}`;
}

function without(these: readonly string[], those: readonly string[]): readonly string[] {
  const known = new Set(those);
  return these.filter((each) => !known.has(each));
}

function nameOf(versioned: string): string {
  return versioned.slice(0, versioned.lastIndexOf("@"));
}

async function readContents(file: string): Promise<Contents | undefined> {
  try {
    const text = await readEnd(file);
    const line = text.slice(text.lastIndexOf(mark) + mark.length);
    return text.includes(mark) ? (JSON.parse(line) as Contents) : undefined;
  } catch {
    return undefined;
  }
}

/** The end of a file from the mark on. */
async function readEnd(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    for (let bytes = tailBytes; ; bytes *= 4) {
      const length = Math.min(bytes, size);
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      const text = buffer.toString();
      if (text.includes(`\n${mark}`) || length === size) return text;
    }
  } finally {
    await handle.close();
  }
}

/** A bundle that lists the packages and files that it needs beside its own code. */
export interface SealedBundle extends Pick<Bundle, "code" | "preload"> {
  /** SHA-256 of `code`, hex. */
  readonly version: string;
}

/**
 * Lists in a bundle the packages it was made of, and the files it may load: with others it is another bundle, and another
 * revision.
 *
 * @param folder - The folder of such files.
 */
export async function sealBundle(made: Bundle, folder: string): Promise<SealedBundle> {
  const loaded = made.loadsFiles ? { loaded: { folder, hash: await hashLoadable(folder) } } : {};
  const own = (made.loadsCode ? await modulesOf(made, folder) : undefined) ?? made.code;
  const code = own + contentsLine({ ...packagesOf(made.outside), ...loaded });
  return { code, preload: made.preload, version: createHash("sha256").update(code).digest("hex") };
}

async function modulesOf(made: Bundle, folder: string): Promise<string | undefined> {
  const { moduleMap } = await import("./module-map.ts");
  return moduleMap(made, folder);
}
