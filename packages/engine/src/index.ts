// What the platform is made of, as far as tasks are concerned.
export type {
  ActionEvent,
  ActionRecord,
  AttemptRecord,
  Listed,
  NewRun,
  Page,
  RunEnd,
  RunRecord,
  RunFilter,
  TaskEngine,
  TaskRecord,
  TaskRegistry,
  TaskToDeploy,
  TriggerId,
  TriggerRecord,
  Triggers,
  WorkerSpec,
} from "./contracts.ts";
export type { ActionLogSink } from "./engine/context.ts";
export { openTaskEngine } from "./engine/engine.ts";
export { openTaskRegistry } from "./registry/registry.ts";
export { openTaskStore } from "./store/task-store.ts";
export { fireTrigger, inputsAt } from "./triggers/fire.ts";
export { triggerTable } from "./triggers/trigger-table.ts";
export { TriggerScheduler } from "./triggers/triggers.ts";
export type { ProcessExit, PreparedProcess, RunEnv, TaskProcess, TaskProcesses } from "./workers/task-process.ts";
export { createWorkers } from "./workers/workers.ts";
