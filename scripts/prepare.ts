// Generates files from installed packages, without a network: Flyte's messages as JavaScript, the browser file of the
// docs page, and the console.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

prepareMessages(join(root, "internal/flyteidl2"));
prepareDocsPage(join(root, "packages/runtime"));
prepareConsole(join(root, "packages/console"));

/** Their descriptors are in the repository: Flyte publishes no package for JavaScript as often as for Python. */
function prepareMessages(folder: string): void {
  execFileSync("node", ["generate.ts"], { cwd: folder, stdio: "inherit" });
  execFileSync("tsdown", { cwd: folder, stdio: "inherit" });
}

function prepareDocsPage(folder: string): void {
  const scalar = packageFolder(folder, "@scalar/api-reference");
  mkdirSync(join(folder, "vendor"), { recursive: true });
  cpSync(join(scalar, "dist/browser/standalone.js"), join(folder, "vendor/scalar.js"));
}

/** The pages that the platform serves. Who works on them builds them again: `npm run build`. */
function prepareConsole(folder: string): void {
  execFileSync("node", [join(packageFolder(folder, "vite"), "bin/vite.js"), "build"], {
    cwd: folder,
    stdio: "inherit",
  });
}

function packageFolder(from: string, name: string): string {
  const paths = createRequire(join(from, "package.json")).resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      return dirname(createRequire(join(from, "package.json")).resolve(join(path, name, "package.json")));
    } catch {
      continue;
    }
  }
  throw new Error(`${name} is not installed; run npm run setup.`);
}
