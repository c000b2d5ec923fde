import type { ActionRequest } from "@appenv/runtime";
import type { TaskRecord } from "./tasks.ts";

type Condition = Extract<ActionRequest, { kind: "condition" }>["condition"];
type TraceResult = Extract<ActionRequest, { kind: "trace-result" }>["result"];

/** An action that the program of a container's task asks for, below its own. */
export type EnqueuedAction = {
  /** The same whenever its parent runs again. */
  readonly name: string;
  /** Empty: none. */
  readonly group: string;
} & (
  | {
      readonly kind: "task";
      /** As the program brings it along; one of the same version that was deployed stays as it is. */
      readonly task: TaskRecord;
      /** `task.Inputs`. */
      readonly inputs: Uint8Array;
    }
  | { readonly kind: "condition"; readonly condition: Condition }
  | {
      readonly kind: "trace";
      /** The traced function's name. */
      readonly traced: string;
      /** Milliseconds since 1970. */
      readonly startedAt: number;
      readonly result: TraceResult;
    }
);
