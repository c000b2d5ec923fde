import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { runToEnd } from "../processes/run.ts";
import type { Row } from "../row.ts";
import { RunningPlatform } from "../sides/platform.ts";
import { startPostgres } from "../sides/postgres.ts";

/** Number of tasks in turn, the number whose Fibonacci number each computes, and how many flows are measured at a time. */
interface Shape {
  readonly tasks: number;
  readonly n: number;
  readonly flows: number;
}

const short: Shape = { tasks: 40, n: 10, flows: 15 };
const long: Shape = { tasks: 10, n: 33, flows: 3 };

/** The two flows that Windmill's comparison of workflow engines consists of. */
export const flow: Row = {
  name: "flow",
  what: `a run of ${short.tasks} short tasks in turn, from its start to its result`,
  against: `DBOS on PostgreSQL, a workflow of ${short.tasks} steps`,
  how: `The two flows by which Windmill compares workflow engines: ${short.tasks} short tasks, each of which computes the Fibonacci number of ${short.n} (microseconds), and ${long.tasks} long ones, of ${long.n} (tens of milliseconds), in turn. A client starts the flow and waits for its result; the median of ${short.flows} and of ${long.flows} such flows is the side's number, after two that do not count. AppEnv's tasks are actions of their own, which another process does (a task that calls a task); DBOS's are steps in the workflow's own process, which is the usual way there. Durability is as in the row of durable runs.`,
  needs: ["postgres"],
  async measure(bench) {
    await using platform = new RunningPlatform(bench);
    await platform.start();
    await using postgres = await startPostgres(bench);
    const pairs = ({ tasks, n, flows }: Shape, rounds: number) =>
      bench.pairs(
        async () => Number(await platform.script("appenv-flow", tasks, n, flows)),
        () => dbosFlow(bench, postgres.port, [tasks, n, flows]),
        { rounds, unit: "ms" },
      );
    const figures = await pairs(short, 5);
    const what = `a run of ${long.tasks} long tasks in turn, from its start to its result`;
    const against = `DBOS on PostgreSQL, a workflow of ${long.tasks} steps`;
    return { ...figures, also: [{ what, against, ...(await pairs(long, 3)) }] };
  },
};

async function dbosFlow(bench: Bench, port: number, args: readonly number[]): Promise<number> {
  const cwd = await bench.dbos();
  const env = { NODE_ENV: "production", DATABASE_URL: `postgresql://bench@127.0.0.1:${port}/bench` };
  return Number(await runToEnd([process.execPath, join("apps", "dbos-flow.js"), ...args.map(String)], { cwd, env }));
}
