// Checks what would be published: packs every public package as a release does, and runs publint and
// are-the-types-wrong on the tarballs. `turbo run build` comes first.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./lib/run.ts";
import { workspacePackages, type WorkspacePackage } from "./lib/workspace.ts";

const folder = mkdtempSync(join(tmpdir(), "appenv-packages-"));
try {
  for (const item of workspacePackages().filter(({ manifest }) => manifest.private !== true)) {
    const problems = await check(item);
    for (const problem of problems) console.error(`${item.name}: ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function check(item: WorkspacePackage): Promise<string[]> {
  const destination = join(folder, item.folder);
  const packed = await run(["pnpm", "pack", "--pack-destination", destination], { cwd: item.path });
  const [name] = packed.ok ? readdirSync(destination) : [];
  if (name === undefined) return [`pnpm pack failed:\n${packed.output}`];
  const tarball = join(destination, name);
  const lints = await Promise.all([
    run(["publint", "run", tarball, "--strict"]),
    run(["attw", tarball, "--profile", "esm-only"]),
  ]);
  return [...lints.filter(({ ok }) => !ok).map(({ output }) => output), ...contentProblems(tarball)];
}

/** What publint does not look for: links into the workspace, and parts that are never published. */
function contentProblems(tarball: string): string[] {
  const content = join(tarball, "..", "content");
  mkdirSync(content);
  execFileSync("tar", ["-xzf", tarball, "-C", content]);
  const problems: string[] = [];
  const manifest = readFileSync(join(content, "package/package.json"), "utf8");
  if (/"(workspace|catalog):/.test(manifest)) problems.push("its package.json refers to the workspace");
  if (manifest.includes("./src/")) problems.push("its package.json points into src");
  for (const file of readdirSync(join(content, "package"), { recursive: true, encoding: "utf8" })) {
    if (!/^dist.*\.(js|d\.ts)$/.test(file)) continue;
    const text = readFileSync(join(content, "package", file), "utf8");
    if (/(from|import)\s*\(?"@appenv-internal\//.test(text)) problems.push(`${file} imports what is never published`);
  }
  return problems;
}
