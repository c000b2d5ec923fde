import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Bench } from "../bench.ts";
import { proportionalMemory } from "../processes/proc.ts";
import type { Row } from "../row.ts";
import { freePorts } from "../sides/ports.ts";
import { RunningPlatform } from "../sides/platform.ts";
import { ownNode } from "./memory.ts";

const count = 1_000;

/** Memory of an app that nobody uses. */
export const appsAtZero: Row = {
  name: "apps-at-zero",
  what: "memory of each of 1,000 apps deployed, all at zero replicas",
  against: "the same platform without apps",
  reach: { atMost: 64 },
  how: "PSS as above, of a platform that was started with 1,000 apps less that of one that was started without any, divided by 1,000. One app is deployed; the others are copies of it in the platform's database, since each deployment starts its app once.",
  linux: true,
  async measure(bench) {
    const values: number[] = [];
    for (let round = 0; round < bench.rounds(3); round += 1) values.push(await memoryOfEach(bench));
    return { values, unit: "KiB" };
  },
};

/** In KiB. */
async function memoryOfEach(bench: Bench): Promise<number> {
  await using platform = new RunningPlatform(bench, { node: ownNode(bench) });
  await platform.start();
  const empty = await memoryOf(platform);
  await platform.serve("hello", "hello");
  await platform.stop();
  copyApp(join(platform.home, "state.db"), await freePorts(count - 1));
  await platform.start();
  const full = await memoryOf(platform);
  await platform.script("check-apps", String(count));
  return (full - empty) / count;
}

/** Makes a thousand copies of the one app, each with a port of its own, as deployments leave them. */
function copyApp(file: string, ports: readonly number[]): void {
  const database = new DatabaseSync(file);
  const insert = database.prepare(
    `INSERT INTO apps (project, domain, name, definition, revision, port, created_at, updated_at)
     SELECT project, domain, ?, definition, revision, ?, created_at, updated_at FROM apps WHERE name = 'hello'`,
  );
  database.exec("BEGIN");
  for (const [index, port] of ports.entries()) insert.run(`hello-${index}`, port);
  database.exec("COMMIT");
  database.close();
}

async function memoryOf(platform: RunningPlatform): Promise<number> {
  await platform.untilQuiet();
  return proportionalMemory(platform.pid);
}
