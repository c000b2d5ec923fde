import type { Pods } from "./pods.ts";
import type { FakeS3 } from "./s3.ts";
import type { State } from "./state.ts";
import type { TaskRegistry } from "./task-service.ts";
import type { TriggerStore } from "./triggers/trigger-store.ts";

/** Parts of the backend that its services share. */
export interface BackendParts {
  readonly state: State;
  readonly pods: Pods;
  readonly s3: FakeS3;
  readonly tasks: TaskRegistry;
  readonly triggers: TriggerStore;
  /** Ids of the projects that exist. */
  readonly projects: ReadonlySet<string>;
}
