import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { appFiles } from "./support/app.ts";
import { makeProject, runCli, startCli } from "./support/cli.ts";
import { hasParser, readMetrics, type ReadMetric } from "./support/read-metrics.ts";
import { taskSource } from "./support/tasks.ts";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const docs = new URL("../../../docs/", import.meta.url);

if (!hasParser) {
  process.stderr.write("Prometheus' parser is not here, so its test is skipped: npm run setup:system\n");
}

/** The value of the sample with these labels; undefined if there is none. */
function valueOf(metric: ReadMetric | undefined, labels: Readonly<Record<string, string>>, name?: string) {
  const wanted = Object.entries(labels);
  const found = metric?.samples.find(
    (sample) => (name ?? sample.name) === sample.name && wanted.every(([key, value]) => sample.labels[key] === value),
  );
  return found && Number(found.value);
}

it.skipIf(!hasParser)("tells Prometheus about the platform, its apps and its tasks", async () => {
  const cwd = makeProject({ ...(await appFiles()), "tasks.ts": taskSource });
  const up = startCli(["up", "--port", "0", "--json"], cwd);
  await up.until("stdout", "\n");
  const { endpoint: platform } = JSON.parse(up.stdout) as { endpoint: string };
  const read = async () => {
    const response = await fetch(`${platform}/metrics`);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    return readMetrics(await response.text());
  };
  // Before there is an app or a task.
  expect(valueOf((await read())["process_resident_memory_bytes"], {})).toBeGreaterThan(0);

  const served = JSON.parse((await runCli(["serve", "app.ts", "--json"], cwd)).stdout) as { endpoint: string };
  for (let each = 0; each < 3; each += 1) await (await fetch(served.endpoint)).text();
  for (const x of ["1", "2"]) expect((await runCli(["run", "tasks.ts", "add_one", "--x", x], cwd)).code).toBe(0);
  expect((await runCli(["run", "tasks.ts", "fail", "--why", "no"], cwd)).code).toBe(1);

  const app = { project: "flytesnacks", domain: "development", app: "hello" };
  await expect.poll(async () => valueOf((await read())["appenv_app_requests"], app)).toBe(3);
  const metrics = await read();
  expect(valueOf(metrics["appenv_app_responses"], { ...app, status: "2xx" })).toBe(3);
  const durations = metrics["appenv_app_request_duration_seconds"];
  expect(durations?.type).toBe("histogram");
  expect(valueOf(durations, { ...app, le: "+Inf" })).toBe(3);
  expect(valueOf(durations, app, "appenv_app_request_duration_seconds_count")).toBe(3);
  expect(valueOf(metrics["appenv_app_replicas"], app)).toBe(1);
  expect(valueOf(metrics["appenv_app_memory_bytes"], app)).toBeGreaterThan(1_000_000);

  const addOne = { project: "flytesnacks", domain: "development", task: "math.add_one" };
  expect(valueOf(metrics["appenv_task_actions_ended"], { ...addOne, phase: "SUCCEEDED" })).toBe(2);
  expect(valueOf(metrics["appenv_task_actions_ended"], { ...addOne, task: "math.fail", phase: "FAILED" })).toBe(1);
  expect(valueOf(metrics["appenv_task_duration_seconds"], addOne, "appenv_task_duration_seconds_count")).toBe(2);

  // Everything that is told is in the guide, and the board asks for nothing else.
  const names = Object.entries(metrics).map(([name, { type }]) => (type === "counter" ? `${name}_total` : name));
  const guide = readFileSync(new URL("guides/observability.md", docs), "utf8");
  expect(names.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  const board = readFileSync(new URL("grafana/appenv.json", docs), "utf8");
  const asked = new Set(board.match(/\b(appenv|process|nodejs)_[a-z_]+/g));
  const told = new Set([...names, ...names.map((name) => `${name}_bucket`), ...names.map((name) => `${name}_sum`)]);
  expect([...asked].filter((name) => !told.has(name) && !told.has(name.replace(/_count$/, "")))).toEqual([]);
  expect(asked.size).toBeGreaterThan(10);
});
