import { spawnSync } from "node:child_process";
import { appDependencies, root } from "../peers/folders.ts";
import { bullMqVersion, dbosVersion } from "../peers/task-peers.ts";
import { wattVersion } from "../peers/watt.ts";
import { describeMachine } from "./machine.ts";
import type { Result } from "./results.ts";
import { programVersions } from "./versions.ts";

/** The machine, commit and programs of the present measurement. */
export function thisPlace(): Pick<Result, "revision" | "machine" | "versions"> {
  const apps = Object.entries(appDependencies()).map(([name, version]) => `${name} ${version}`);
  const peers = [`Watt ${wattVersion}`, `BullMQ ${bullMqVersion}`, `DBOS ${dbosVersion}`, ...programVersions()];
  return {
    revision: revision(),
    machine: describeMachine(),
    versions: [`on every side ${apps.join(", ")}`, peers.join(", ")],
  };
}

/** Changes of the documentation do not affect measurements. */
function revision(): string {
  const commit = git("rev-parse", "--short", "HEAD");
  return git("status", "--porcelain", "--", "packages", "internal/bench/src") === "" ? commit : `${commit}+`;
}

function git(...words: readonly string[]): string {
  return spawnSync("git", words, { cwd: root, encoding: "utf8" }).stdout?.trim() ?? "";
}
