import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { runToEnd } from "../processes/run.ts";
import { writeApps } from "./apps.ts";
import { appDependencies, peersFolder, root } from "./folders.ts";
import { install } from "./install.ts";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package of the workspace. */
interface Source {
  readonly path: string;
  readonly manifest: Manifest;
}

/** The packages that a user installs: the command and adapters. Their dependencies come with them. */
const wanted = ["appenv", "@appenv/fastify", "@appenv/express", "@appenv/hono", "@appenv/ws"];

/**
 * Builds and packs the packages that a user installs, and installs the tarballs. Resolves with the project's directory.
 */
export async function installAppEnv(say: (text: string) => void): Promise<string> {
  const directory = join(peersFolder, "appenv");
  say("Building and packing AppEnv ...");
  const filters = wanted.map((name) => `--filter=${name}...`);
  await runToEnd(["turbo", "run", "build", ...filters, "--output-logs=errors-only"], {
    cwd: root,
    env: { TURBO_TELEMETRY_DISABLED: "1" },
  });
  const tarballs = await packAll(join(directory, "tarballs"));
  say("Installing the packed AppEnv ...");
  await install(directory, { dependencies: { ...appDependencies(), ...tarballs }, overrides: tarballs });
  writeApps(directory);
  return directory;
}

/** Each package that is needed with its tarball, as pnpm takes it. */
async function packAll(destination: string): Promise<Record<string, string>> {
  rmSync(destination, { recursive: true, force: true });
  const packed = neededPackages().map(async ({ path, manifest }) => {
    return [manifest.name, await pack(path, join(destination, basename(path)))] as const;
  });
  return Object.fromEntries(await Promise.all(packed));
}

function neededPackages(): Source[] {
  const all = readdirSync(join(root, "packages")).map((folder) => readPackage(join(root, "packages", folder)));
  const names = new Set(wanted);
  for (const name of names) {
    const found = all.find(({ manifest }) => manifest.name === name);
    for (const dependency of Object.keys(found?.manifest.dependencies ?? {})) names.add(dependency);
  }
  return all.filter(({ manifest }) => names.has(manifest.name));
}

function readPackage(path: string): Source {
  return { path, manifest: JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest };
}

/** Names a tarball after its content: pnpm reuses one of the same name. */
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
