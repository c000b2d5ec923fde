import type { Schema } from "../options/task-options.ts";
import type { ZodSchema } from "./zod-schema.ts";

const key: unique symbol = Symbol.for("appenv.durations") as never;

/** One for all copies of this package in a process. */
const durations: WeakSet<object> = ((globalThis as { [key]?: WeakSet<object> })[key] ??= new WeakSet());

/**
 * Says that a number is a length of time, in seconds: on the control plane it is a duration, as Python's `timedelta`,
 * and on the command line it is written `90` or `1m30s`.
 *
 * @example
 * input: z.object({ wait: duration(z.number().min(0)) })
 */
export function duration<T extends Schema<number>>(schema: T): T {
  durations.add(schema);
  return schema;
}

/** True if a schema is a duration, or a copy of one. */
export function isDuration(schema: ZodSchema): boolean {
  const { _zod: internals } = schema;
  return durations.has(schema) || (internals.parent !== undefined && isDuration(internals.parent));
}
