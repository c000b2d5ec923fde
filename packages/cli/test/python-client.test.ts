import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { makeProject, startCli } from "./support/cli.ts";

const python = fileURLToPath(new URL("../../../.python-client/bin/python", import.meta.url));
const script = fileURLToPath(new URL("python/client.py", import.meta.url));
const service = fileURLToPath(new URL("python/service.ts", import.meta.url));

const missing = !existsSync(python);
if (missing) {
  process.stderr.write("Flyte's Python package is not here, so its test is skipped: npm run setup:system\n");
}

it.skipIf(missing)(
  "lets Flyte's Python client list apps, run a task, read what it gave, abort, and keep secrets",
  async () => {
    const folder = makeProject();
    const cli = startCli(["serve", service, "app", "--local", "--port", "0", "--json"], folder);
    await cli.until("stdout", "\n");
    const { url, endpoint } = JSON.parse(cli.stdout) as { url: string; endpoint: string };
    const { stdout } = await promisify(execFile)(
      python,
      [script, new URL(url).port, "python-app", "python.add_one", "python.slow"],
      { timeout: 120_000, env: { HOME: folder, PATH: process.env["PATH"] } },
    );
    expect(JSON.parse(stdout)).toEqual({
      apps: ["python-app"],
      endpoint,
      tasks: expect.toSatisfy((names: string[]) => names.toSorted().join() === "python.add_one,python.slow"),
      task: { name: "python.add_one", inputs: ["by", "x"], required: ["x"] },
      run: { phase: "ActionPhase.SUCCEEDED", inputs: { by: 1, x: 41 }, outputs: [42] },
      runs: [true],
      logs: [expect.stringContaining("adding 1")],
      aborted: { phase: "ActionPhase.ABORTED", reason: "enough" },
      missing: "RemoteTaskNotFoundError",
      secret: { name: "from-python", type: "regular" },
      secrets: ["from-python", "from-python-bytes"],
      "secrets left": ["from-python"],
    });
  },
  180_000,
);
