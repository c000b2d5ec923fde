// Runs the tasks named after the module in workers of their own until it is killed: `node workers-platform.ts MODULE TASK...`.
import { dirname } from "node:path";
import { encodeInputs } from "@appenv/protocol/values";
import { createProcessPool } from "../../src/apps/app-controller.ts";
import { AttemptHandle } from "../../../engine/src/workers/attempt-handle.ts";
import { createWorkers } from "../../../engine/src/workers/workers.ts";
import { createTaskProcesses } from "../../src/tasks/task-processes.ts";
import { taskDefinition } from "@appenv-internal/test-support/task-definition";

const [, , module = "", ...tasks] = process.argv;
const folder = dirname(module);
const workers = createWorkers({
  processes: createTaskProcesses({
    pool: createProcessPool(folder),
    objects: folder,
    launch: { apiEndpoint: "http://localhost:0", bundleFile: (uri) => uri, compileCache: folder },
  }),
  processors: tasks.length,
});
for (const task of tasks) {
  const attempt = new AttemptHandle(
    {
      run: "r1",
      action: "a0",
      task,
      attempt: 1,
      inputs: encodeInputs({ inputs: [], output: undefined }, {}),
      labels: {},
      envVars: {},
      deadline: undefined,
    },
    {
      started: () => {},
      request: () => {},
      scope: () => {},
      line: (_at, _stream, text) => void process.send?.(text),
      metadata: () => {},
      trace: () => {},
      progress: () => {},
      report: () => {},
      ended: (end) => void process.send?.(JSON.stringify(end)),
    },
  );
  workers.runAlone(
    { key: "k", project: "p", domain: "d", version: "1", definition: taskDefinition({}, module), isolated: true },
    attempt,
  );
}
