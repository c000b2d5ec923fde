import type { Row } from "../row.ts";
import { appsAtZero } from "./apps-at-zero.ts";
import { batch } from "./batch.ts";
import { broadcast } from "./broadcast.ts";
import { coldStart } from "./cold-start.ts";
import { consoleApps } from "./console-apps.ts";
import { consoleLogs } from "./console-logs.ts";
import { consoleRun } from "./console-run.ts";
import { consoleRuns } from "./console-runs.ts";
import { durableRuns } from "./durable-runs.ts";
import { flow } from "./flow.ts";
import { importCost } from "./import-cost.ts";
import { memory } from "./memory.ts";
import { nestedAction } from "./nested-action.ts";
import { newConnections } from "./new-connections.ts";
import { nginx } from "./nginx.ts";
import { socketMemory } from "./socket-memory.ts";
import { storedRuns } from "./stored-runs.ts";
import { throughput, throughputExpress, throughputHono } from "./throughput.ts";
import { timeToUrl } from "./time-to-url.ts";
import { validated, validatedExpress, validatedHono } from "./validated.ts";

/** Every row, in the order of the table. */
export const allRows: readonly Row[] = [
  throughput,
  throughputExpress,
  throughputHono,
  validated,
  validatedExpress,
  validatedHono,
  nginx,
  newConnections,
  coldStart,
  timeToUrl,
  memory,
  appsAtZero,
  importCost,
  broadcast,
  socketMemory,
  nestedAction,
  durableRuns,
  flow,
  batch,
  storedRuns,
  consoleRuns,
  consoleRun,
  consoleApps,
  consoleLogs,
];
