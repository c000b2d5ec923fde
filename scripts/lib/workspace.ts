// The packages of the workspace, read from their folders.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository, with a slash at the end. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url));

/** The parts of a package.json that scripts read. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** One package of the workspace. */
export interface WorkspacePackage {
  readonly name: string;
  /** `packages`, `internal` or `examples`. */
  readonly group: string;
  /** The name of its folder. */
  readonly folder: string;
  /** The whole path of its folder. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** Every package of the workspace, by folder name. */
export function workspacePackages(): readonly WorkspacePackage[] {
  return ["packages", "internal", "examples"].flatMap((group) =>
    readdirSync(join(root, group))
      .toSorted()
      .filter((folder) => existsSync(join(root, group, folder, "package.json")))
      .map((folder) => readPackage(group, folder)),
  );
}

function readPackage(group: string, folder: string): WorkspacePackage {
  const path = join(root, group, folder);
  const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest;
  return { name: manifest.name, group, folder, path, manifest };
}
