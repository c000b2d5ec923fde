import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The packages that code imports, and those that they need in turn. */
export interface PackageTree {
  /** The directories of the packages that are imported directly. */
  readonly roots: readonly string[];
  /** `name@version` of all, sorted. */
  readonly packages: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly needs: readonly string[];
}

/** The packages of imported files. A file of none, such as an addon of the project, has none. */
export function packagesOf(files: Iterable<string>): PackageTree {
  const roots = new Set<string>();
  for (const file of files) {
    const root = rootOf(dirname(file));
    if (root !== undefined) roots.add(root);
  }
  const sorted = [...roots].toSorted();
  return { roots: sorted, packages: packagesFrom(sorted) };
}

/** All packages from these directories on, as they are installed now. Missing ones are left out. */
export function packagesFrom(roots: readonly string[]): readonly string[] {
  const found = new Map<string, string>();
  const open = [...roots];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    const manifest = found.has(directory) ? undefined : readManifest(directory);
    if (manifest === undefined) continue;
    found.set(directory, `${manifest.name}@${manifest.version}`);
    for (const need of manifest.needs) {
      const place = findPackage(directory, need);
      if (place !== undefined) open.push(place);
    }
  }
  return [...new Set(found.values())].toSorted();
}

function rootOf(directory: string): string | undefined {
  if (readManifest(directory) !== undefined) return directory;
  const parent = dirname(directory);
  return parent === directory || basename(directory) === "node_modules" ? undefined : rootOf(parent);
}

/** Finds a package as Node does, from a directory upwards. */
function findPackage(from: string, name: string): string | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    const place = join(directory, "node_modules", name);
    if (existsSync(place)) return realpathSync(place);
    if (dirname(directory) === directory) return undefined;
  }
}

/** Undefined if there is none with a name and a version: some packages have such files for other purposes. */
function readManifest(directory: string): Manifest | undefined {
  try {
    const json = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as Record<string, unknown>;
    const { name, version } = json;
    if (typeof name !== "string" || typeof version !== "string") return undefined;
    const kinds = ["dependencies", "optionalDependencies", "peerDependencies"];
    return { name, version, needs: kinds.flatMap((kind) => Object.keys(json[kind] ?? {})) };
  } catch {
    return undefined;
  }
}
