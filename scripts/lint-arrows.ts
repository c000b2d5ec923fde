// Holds the arrows between packages: who may depend on whom, by manifest and by what the source really imports. Within a
// package no files may import one another in a circle, types included.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileCircles } from "./lib/file-circles.ts";
import { root, workspacePackages, type WorkspacePackage } from "./lib/workspace.ts";

/** The packages that a package may import. */
interface Arrow {
  readonly to: readonly string[];
  readonly why: string;
  /** True if it is published as files that hold all they import. */
  readonly bundled?: boolean;
}

/** Allowed dependencies of each package, with the reason. A package that is not named here is an adapter. */
const arrows: Readonly<Record<string, Arrow>> = {
  core: { to: [], why: "core is definitions only; it reaches other packages lazily, through importTool" },
  protocol: { to: ["core"], why: "protocol is the definitions as messages" },
  backplane: { to: ["core"], why: "a backplane connects replicas, whatever runs or serves them" },
  runtime: {
    to: ["core", "protocol", "backplane"],
    why: "a replica knows the definitions and its backplane; a task worker also how values are written",
  },
  client: {
    to: ["core", "protocol", "container"],
    why: "a client speaks the protocol, whoever serves it; it bundles the container's program with what it uploads",
  },
  engine: {
    to: ["core", "protocol", "client", "runtime"],
    why: "the engine runs tasks in processes that it is given, by the platform or a test",
  },
  platform: {
    to: ["core", "protocol", "backplane", "client", "runtime", "engine", "console"],
    why: "the platform is below the command line",
  },
  container: {
    to: ["core", "protocol", "runtime"],
    why: "a container holds the runtime and what it reads and writes; no client, no platform",
  },
  testing: { to: ["core", "runtime"], why: "a test serves an app through the ingress, without a platform" },
  console: {
    to: ["core", "protocol"],
    why: "the console is a client in a browser: it speaks the protocol, and is built into files with what it imports",
    bundled: true,
  },
  webhooks: {
    to: ["core", "protocol", "client"],
    why: "a webhook starts runs and shows them, as any client of the control plane does",
  },
  react: { to: [], why: "the hooks run in browsers, and speak to an app over HTTP" },
  cli: { to: ["core", "client", "platform", "runtime"], why: "the command line speaks through the client" },
};
const adapter: Arrow = {
  to: ["core"],
  why: "an adapter translates a framework for core; it imports no other package of AppEnv",
};

const packages = workspacePackages();
const byName = new Map(packages.map((item) => [item.name, item]));
const published = packages.filter(({ group }) => group === "packages");
const problems = [
  ...published.flatMap((item) => [...manifestProblems(item), ...sourceProblems(item)]),
  ...packages.flatMap(circleProblems),
];

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function manifestProblems(item: WorkspacePackage): string[] {
  const { dependencies = {}, peerDependencies = {}, optionalDependencies = {} } = item.manifest;
  return Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }).flatMap((name) =>
    forbidden(item, name, `packages/${item.folder}/package.json`),
  );
}

function sourceProblems(item: WorkspacePackage): string[] {
  return sourceFiles(join(item.path, "src")).flatMap((file) => {
    const where = relative(root, file);
    return importsOf(readFileSync(file, "utf8")).flatMap((specifier) => importProblems(item, specifier, file, where));
  });
}

function importProblems(item: WorkspacePackage, specifier: string, file: string, where: string): string[] {
  if (specifier.startsWith(".")) {
    const inside = join(file, "..", specifier).startsWith(`${item.path}/`);
    return inside ? [] : [`${where}: imports ${specifier}, which is outside its package. Import the package by name.`];
  }
  const name = packageName(specifier);
  const target = byName.get(name);
  if (target === undefined || target === item) return [];
  if (target.group === "internal") return internalProblems(item, name, where);
  const own = arrows[item.folder]?.bundled === true ? item.manifest.devDependencies : {};
  const declared = name in { ...item.manifest.dependencies, ...item.manifest.peerDependencies, ...own };
  const undeclared = declared ? [] : [`${where}: imports ${name}, which is no dependency of ${item.name}.`];
  return [...forbidden(item, name, where), ...undeclared];
}

/** An unpublished package may only be bundled into another one, so it must not be a dependency at run time. */
function internalProblems(item: WorkspacePackage, name: string, where: string): string[] {
  return name in (item.manifest.devDependencies ?? {})
    ? []
    : [`${where}: imports ${name}, which is never published; only a devDependency is bundled.`];
}

function forbidden(item: WorkspacePackage, name: string, where: string): string[] {
  const target = byName.get(name);
  if (target === undefined || target === item) return [];
  const { to, why } = arrows[item.folder] ?? adapter;
  if (target.group === "packages" && to.includes(target.folder)) return [];
  const allowed = to.length === 0 ? "no package of AppEnv" : to.join(", ");
  return [`${where}: the arrow ${item.folder} -> ${target.folder} is forbidden: ${why}. Allowed: ${allowed}.`];
}

function circleProblems(item: WorkspacePackage): string[] {
  const folder = join(item.path, "src");
  const imports = new Map(
    sourceFiles(folder).map((file) => [
      file,
      importsOf(readFileSync(file, "utf8")).filter((specifier) => specifier.startsWith(".")),
    ]),
  );
  return fileCircles(imports).map((circle) => {
    const files = circle.map((file) => relative(folder, file)).join(", ");
    return `${relative(root, folder)}: these files import one another in a circle: ${files}. Move what both need into a file of its own.`;
  });
}

function sourceFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map(([, specifier]) => specifier ?? "");
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
