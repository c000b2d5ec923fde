// Checks the packages that would be published: packs each as a release does, runs publint and are-the-types-wrong on the
// tarballs, serves an app and runs a task with them. Needs `turbo run build`.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployPacked, installPacked, runPacked, servePacked } from "./lib/packed-project.ts";
import { run } from "./lib/run.ts";
import { workspacePackages, type WorkspacePackage } from "./lib/workspace.ts";

const folder = mkdtempSync(join(tmpdir(), "appenv-packages-"));
try {
  await checkAll();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function checkAll(): Promise<void> {
  const tarballs = new Map<WorkspacePackage, string>();
  for (const item of workspacePackages().filter(({ manifest }) => manifest.private !== true)) {
    tarballs.set(item, await pack(item));
  }
  for (const [item, tarball] of tarballs) report(item.name, await lint(tarball));
  const project = join(folder, "project");
  installPacked(project, tarballs);
  report("the packages together", [...(await servePacked(project)), ...(await runPacked(project))]);
  report("the packages on a cluster", await deployPacked(project));
}

function report(name: string, problems: readonly string[]): void {
  for (const problem of problems) console.error(`${name}: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

async function pack(item: WorkspacePackage): Promise<string> {
  const destination = join(folder, item.folder);
  const packed = await run(["pnpm", "pack", "--pack-destination", destination], { cwd: item.path });
  const [name] = packed.ok ? readdirSync(destination) : [];
  if (name === undefined) throw new Error(`pnpm pack of ${item.name} failed:\n${packed.output}`);
  return join(destination, name);
}

async function lint(tarball: string): Promise<readonly string[]> {
  const lints = await Promise.all([
    run(["publint", "run", tarball, "--strict"]),
    run(["attw", tarball, "--profile", "esm-only"]),
  ]);
  return [...lints.filter(({ ok }) => !ok).map(({ output }) => output), ...contentProblems(tarball)];
}

/** Finds problems that publint does not: links into the workspace, and parts that are never published. */
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
