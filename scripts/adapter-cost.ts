// Prints what each adapter costs: the time its import adds to importing its framework, the size of its code and the
// packages it brings along. Fails if an import adds too much. Needs `turbo run build`, since it measures the published form.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { workspacePackages, type Manifest, type WorkspacePackage } from "./lib/workspace.ts";

const mostMs = 15;
const rounds = 11;

const packages = workspacePackages().filter(({ group }) => group === "packages");
// An adapter has its framework's name; it has the framework as a peer or, as that of ws, as a dependency.
const adapters = packages.filter(
  ({ folder, manifest }) => folder in { ...manifest.dependencies, ...manifest.peerDependencies },
);
const folder = mkdtempSync(join(tmpdir(), "appenv-cost-"));
try {
  const times = importTimes(adapters.map((adapter) => ({ adapter, home: install(adapter) })));
  for (const adapter of adapters) {
    const { framework, added } = times.get(adapter)!;
    const { bytes, gzipBytes } = size(join(adapter.path, "dist"));
    const count = dependencies(adapter).size;
    console.log(
      `${adapter.name}: import +${describe(added)} beside ${adapter.folder}'s ${describe(framework)}, ` +
        `${kib(bytes)} KiB (${kib(gzipBytes)} KiB gzipped), ${count} ${count === 1 ? "dependency" : "dependencies"}`,
    );
    if (added.shortest <= mostMs) continue;
    console.error(`${adapter.name}: importing it adds more than ${mostMs} ms.`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A folder in which the adapter and AppEnv's packages below it are installed as they are published. */
function install(adapter: WorkspacePackage): string {
  if (!existsSync(join(adapter.path, "dist"))) throw new Error(`${adapter.name} is not built; run npm run build.`);
  const modules = join(folder, adapter.folder, "node_modules");
  for (const item of [adapter, ...packages.filter(({ name }) => name in (adapter.manifest.dependencies ?? {}))]) {
    const target = join(modules, item.name);
    cpSync(join(item.path, "dist"), join(target, "dist"), { recursive: true });
    const { publishConfig, ...manifest } = item.manifest as Manifest & { readonly publishConfig?: object };
    writeFileSync(join(target, "package.json"), JSON.stringify({ ...manifest, ...publishConfig }));
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    for (const name of needed) link(item, name, join(modules, name));
  }
  return join(folder, adapter.folder);
}

function link(item: WorkspacePackage, name: string, path: string): void {
  if (packages.some((other) => other.name === name) || existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(packageFolder(item.path, name), path);
}

/** Milliseconds of the shortest round: other work of the machine can only make one longer. */
interface Times {
  readonly shortest: number;
  readonly median: number;
}

/** Measurements of one round, in milliseconds. */
interface Round {
  readonly frameworkMs: number;
  readonly addedMs: number;
}

/** Measures every adapter in each round, so that a busy spell of the machine does not count against one adapter. */
function importTimes(
  installed: readonly { readonly adapter: WorkspacePackage; readonly home: string }[],
): Map<WorkspacePackage, { readonly framework: Times; readonly added: Times }> {
  // The first one reads the files from the disk.
  for (const { adapter, home } of installed) importOnce(home, adapter);
  const all = Array.from({ length: rounds }, () => installed.map(({ adapter, home }) => importOnce(home, adapter)));
  return new Map(
    installed.map(({ adapter }, index) => {
      const own = all.map((round) => round[index]!);
      const framework = timesOf(own.map(({ frameworkMs }) => frameworkMs));
      return [adapter, { framework, added: timesOf(own.map(({ addedMs }) => addedMs)) }];
    }),
  );
}

function timesOf(values: readonly number[]): Times {
  const sorted = values.toSorted((a, b) => a - b);
  return { shortest: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]! };
}

function describe({ shortest, median }: Times): string {
  return `${shortest.toFixed(1)} ms (median ${median.toFixed(1)})`;
}

/** Measures in a process of its own. */
function importOnce(home: string, { name, folder: framework }: WorkspacePackage): Round {
  const code = `
    const start = performance.now();
    await import(${JSON.stringify(framework)});
    const between = performance.now();
    await import(${JSON.stringify(name)});
    console.log(JSON.stringify({ frameworkMs: between - start, addedMs: performance.now() - between }));`;
  const words = ["--input-type=module", "--eval", code];
  return JSON.parse(execFileSync(process.execPath, words, { cwd: home, encoding: "utf8" })) as Round;
}

function size(dist: string): { bytes: number; gzipBytes: number } {
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  const texts = files.map((file) => readFileSync(join(dist, file)));
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  return { bytes, gzipBytes: texts.reduce((sum, text) => sum + gzipSync(text).length, 0) };
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}

/** All packages that an installation brings along, without the peers that the user has anyway. */
function dependencies(
  item: { readonly path: string; readonly manifest: Manifest },
  seen = new Set<string>(),
): Set<string> {
  for (const name of Object.keys(item.manifest.dependencies ?? {})) {
    const path = packageFolder(item.path, name);
    if (seen.has(path)) continue;
    seen.add(path);
    dependencies({ path, manifest: JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest }, seen);
  }
  return seen;
}

function packageFolder(from: string, name: string): string {
  const require = createRequire(join(from, "package.json"));
  const path = (require.resolve.paths(name) ?? [])
    .map((modules) => join(modules, name))
    .find((item) => existsSync(item));
  if (path === undefined) throw new Error(`${name}, which ${from} needs, is not installed; run npm run setup.`);
  return realpathSync(path);
}
