import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runToEnd } from "../processes/run.ts";
import { writeApps } from "./apps.ts";
import { appDependencies, peersFolder, root } from "./folders.ts";
import { install } from "./install.ts";

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
}

/**
 * Builds and packs every public package and installs the tarballs, as a user would get them. Resolves with the
 * project's directory.
 */
export async function installAppEnv(say: (text: string) => void): Promise<string> {
  const directory = join(peersFolder, "appenv");
  say("Building and packing AppEnv ...");
  await runToEnd(["turbo", "run", "build", "--output-logs=errors-only"], {
    cwd: root,
    env: { TURBO_TELEMETRY_DISABLED: "1" },
  });
  const tarballs = await packAll(join(directory, "tarballs"));
  say("Installing the packed AppEnv ...");
  await install(directory, { dependencies: { ...appDependencies(), ...tarballs }, overrides: tarballs });
  writeApps(directory);
  return directory;
}

/** Each public package with its tarball, as pnpm takes it. */
async function packAll(destination: string): Promise<Record<string, string>> {
  rmSync(destination, { recursive: true, force: true });
  const entries = readdirSync(join(root, "packages")).map(async (folder) => {
    const path = join(root, "packages", folder);
    const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest;
    return manifest.private === true ? [] : [[manifest.name, await pack(path, join(destination, folder))] as const];
  });
  return Object.fromEntries((await Promise.all(entries)).flat());
}

/** A tarball is named after its content: pnpm takes one of the same name for the same. */
async function pack(path: string, destination: string): Promise<string> {
  mkdirSync(destination, { recursive: true });
  await runToEnd(["pnpm", "pack", "--pack-destination", destination], { cwd: path });
  const [name] = readdirSync(destination);
  if (name === undefined) throw new Error(`pnpm packed nothing in ${path}.`);
  const hash = createHash("sha256")
    .update(readFileSync(join(destination, name)))
    .digest("hex")
    .slice(0, 16);
  renameSync(join(destination, name), join(destination, `${hash}.tgz`));
  return `file:${join(destination, `${hash}.tgz`)}`;
}
