import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runToEnd } from "../processes/run.ts";

/** A project of its own, outside the workspace. */
export interface Project {
  readonly dependencies: Readonly<Record<string, string>>;
  /** The folder that pnpm takes packages from, instead of the registry. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/**
 * Installs a project's packages into a directory, unless the same are there already. Packages come from pnpm's store
 * where it has them; no install script runs.
 */
export async function install(directory: string, { dependencies, overrides = {} }: Project): Promise<void> {
  const manifest = JSON.stringify({ private: true, type: "module", dependencies }, undefined, 2);
  // It makes the directory a workspace of its own; JSON is YAML.
  const workspace = JSON.stringify({ packages: ["."], overrides, ignoreScripts: true, strictDepBuilds: false });
  const stamp = `${manifest}\n${workspace}`;
  const stampFile = join(directory, "installed.txt");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  mkdirSync(directory, { recursive: true });
  for (const name of ["node_modules", "pnpm-lock.yaml", "installed.txt"]) {
    rmSync(join(directory, name), { recursive: true, force: true });
  }
  writeFileSync(join(directory, "package.json"), manifest);
  writeFileSync(join(directory, "pnpm-workspace.yaml"), workspace);
  await runToEnd(["pnpm", "install", "--prefer-offline", "--no-frozen-lockfile"], { cwd: directory });
  writeFileSync(stampFile, stamp);
}
