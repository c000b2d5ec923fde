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
  "lets Flyte's Python client and its command line do all that this platform has, and refuses the rest with a word why",
  async () => {
    const folder = makeProject();
    const cli = startCli(["serve", service, "app", "--local", "--port", "0", "--json"], folder);
    await cli.until("stdout", "\n");
    const { url, endpoint } = JSON.parse(cli.stdout) as { url: string; endpoint: string };
    const { stdout } = await promisify(execFile)(python, [script, new URL(url).port, folder], {
      timeout: 150_000,
      env: { HOME: folder, PATH: process.env["PATH"] },
    });
    expect(JSON.parse(stdout)).toEqual({
      apps: ["python-app"],
      "newest app first": ["python-app"],
      "failed apps": [],
      endpoint,
      tasks: ["add_one", "ask", "fail", "list", "order", "shout", "slow"].map((name) => `python.${name}`),
      task: { name: "python.add_one", inputs: ["by", "x"], required: ["x"], "deployed by": "@" },
      run: { phase: "ActionPhase.SUCCEEDED", inputs: { by: 1, x: 41 }, outputs: [42] },
      runs: [true],
      labels: [{ team: "blue" }],
      logs: [" adding 1\n"],
      "printed logs": "adding 1",
      code: ["mjs", "tar.gz"],
      "is code": true,
      failed: {
        code: "RangeError",
        message: expect.stringMatching(/^RangeError: too much \(.*service\.ts:\d+:\d+\)$/),
      },
      aborted: { phase: "ActionPhase.ABORTED", reason: "enough" },
      file: "HELLO\n",
      dir: [["a.txt", "b.txt"]],
      "in phase paused": [true],
      paused: [true],
      condition: { name: "how-many", type: "int" },
      answered: [8],
      "paused then": [],
      trigger: ["x", "by"],
      missing: "RemoteTaskNotFoundError",
      secret: { name: "from-python", type: "regular" },
      secrets: ["from-python", "from-python-bytes"],
      "secrets left": ["from-python"],
      "not here": [
        expect.stringContaining("There are no settings of domains and projects here"),
        expect.stringContaining("a run's outputs are found by the run's name or labels"),
      ],
      deploy: expect.stringContaining("Deployed task other.add"),
    });
  },
  240_000,
);
