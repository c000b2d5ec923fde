// Installs what the repository needs, on a machine that may have only Node 20 and npm.
// Plain JavaScript on purpose: it runs on the system's own Node, before ours is here.
// A second run finds the stamp of the first, and does nothing.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stampFile = join(root, "node_modules", ".appenv-setup");
const bin = join(root, "node_modules", ".bin");

const stamp = fingerprint();
if (!isInstalled()) {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  say("Installing packages (once; later runs need no network) ...");
  run("npx", ["--yes", packageManager, "install", "--frozen-lockfile", "--config.confirmModulesPurge=false"]);
  checkNode();
  say("Preparing the Flyte messages, the docs page and the console ...");
  run("node", ["scripts/prepare.ts"]);
  writeFileSync(stampFile, stamp);
  say("Ready. Next: npm start, or npm test.");
}

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp;
}

/** Changes whenever an install or a preparation step would do something else. */
function fingerprint() {
  const hash = createHash("sha256");
  const messages = readdirSync(join(root, "internal/flyteidl2/src")).map((name) => `src/${name}`);
  const configuration = [
    "package.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    ".pnpmfile.cjs",
    "scripts/prepare.ts",
    ...["flyteidl2.binpb", "generate.ts", "prune.ts", "tsdown.config.ts", ...messages.toSorted()].map(
      (file) => `internal/flyteidl2/${file}`,
    ),
    ...consoleFiles(),
  ];
  for (const file of configuration) {
    hash.update(file).update(readFileSync(join(root, file)));
  }
  for (const group of ["packages", "internal", "examples"]) {
    for (const name of readdirSync(join(root, group)).toSorted()) {
      const manifest = join(root, group, name, "package.json");
      if (existsSync(manifest)) hash.update(name).update(readFileSync(manifest));
    }
  }
  return hash.digest("hex");
}

function consoleFiles() {
  const sources = readdirSync(join(root, "packages/console/src"), { recursive: true, withFileTypes: true });
  const files = sources
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const paths = files.map((file) => relative(root, file)).toSorted();
  return ["index.html", "vite.config.ts", "build/compress.ts"].map((file) => `packages/console/${file}`).concat(paths);
}

function checkNode() {
  const found = spawnSync("node", ["--version"], { env: environment(), encoding: "utf8" });
  const [major = 0, minor = 0] = (found.stdout ?? "").replace("v", "").split(".").map(Number);
  if (major > 24 || (major === 24 && minor >= 2)) return;
  fail(
    `The repository's scripts need Node 24.2 or newer, and no prebuilt one is published for ` +
      `${process.platform}-${process.arch}. Install Node 24 and run this again.`,
  );
}

function environment() {
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` };
}

function run(command, args) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: environment(),
    shell: process.platform === "win32",
  });
  if (result.error) fail(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    fail(`'${command} ${args.join(" ")}' ended with ${result.status ?? result.signal}. Its output is above.`);
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
