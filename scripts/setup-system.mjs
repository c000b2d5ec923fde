// Installs the programs that some tests and the benchmarks take from the system: with apt-get on Debian and its
// relatives; elsewhere it names them. Plain JavaScript, since it may run before anything else is installed.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Each program with its Debian package and its purpose. */
const programs = [
  { names: ["nginx"], package: "nginx-light", use: "a peer in the benchmarks" },
  { names: ["wrk"], package: "wrk", use: "the load in the benchmarks" },
  { names: ["chromium", "chromium-browser", "google-chrome"], package: "chromium", use: "the tests of the docs page" },
  { names: ["python3"], package: "python3", use: "the test of an app in another language" },
  { names: ["ensurepip"], package: "python3-venv", use: "the tests with Python packages", find: hasEnsurepip },
  { names: ["redis-server"], package: "redis-server", use: "the tests over Redis, and a peer in the benchmarks" },
  { names: ["postgres"], package: "postgresql", use: "a peer in the benchmarks", find: hasPostgres },
];

const missing = programs.filter(({ names, find = isInstalled }) => !names.some((name) => find(name)));
if (missing.length === 0) say("Every program is here: nothing to install.");
else if (isInstalled("apt-get")) installWithApt(missing.map((program) => program.package));
else {
  say("These programs are missing; install them with your system's package manager:");
  for (const { names, use } of missing) say(`  ${names[0]} (${use})`);
  process.exit(1);
}
installPython("Flyte's Python package", ".python-client", "packages/cli/test/python/requirements.txt");
installPython("schemathesis", ".schemathesis", "internal/conformance/test/schemathesis/requirements.txt");

/** A Python package with its dependencies, in a virtual environment of the repository. */
function installPython(name, place, list) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const requirements = join(root, list);
  const folder = join(root, place);
  const stamp = join(folder, "installed.txt");
  const wanted = readFileSync(requirements, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say(`Installing ${name} into a virtual environment ...`);
  const steps = [
    ["python3", "-m", "venv", "--clear", folder],
    [join(folder, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements],
  ];
  for (const [command, ...args] of steps) {
    const result = spawnSync(command, args, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
    if (result.status === 0) continue;
    say(result.error?.message ?? `${result.stdout}${result.stderr}`.trim());
    say("It could not be installed; the test with it needs a network once.");
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

function hasEnsurepip() {
  return spawnSync("python3", ["-c", "import ensurepip, venv"], { stdio: "ignore" }).status === 0;
}

/** Debian has a folder for each version of it, in no PATH. */
function hasPostgres(name) {
  const folder = "/usr/lib/postgresql";
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  return isInstalled(name) || versions.some((version) => existsSync(join(folder, version, "bin", name)));
}

function installWithApt(packages) {
  say(`Installing ${packages.join(", ")} with apt-get ...`);
  const install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...packages];
  if (runQuietly(install)) return;
  // The lists of a fresh machine are empty or old.
  if (runQuietly(["apt-get", "update", "-qq"]) && runQuietly(install)) return;
  say(`apt-get could not install them. Try it yourself: sudo apt-get update && sudo ${install.join(" ")}`);
  process.exit(1);
}

/** Shows the output of failed commands only. */
function runQuietly(words) {
  const [command, ...args] = process.getuid?.() === 0 ? words : ["sudo", "-n", ...words];
  const result = spawnSync(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (result.status === 0) return true;
  say(result.error?.message ?? `${result.stdout}${result.stderr}`.trim());
  return false;
}

function isInstalled(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
