import { AppEnvError } from "@appenv/core";
import { type ConditionRequest, type TaskInterface } from "@appenv/core/internal";
import { encodeInputs, encodeValue, inputsHash } from "@appenv/protocol/values";
import type { KeptFiles } from "./kept-files.ts";
import { checkSize } from "./payload-size.ts";

/** A task that is called. */
export interface CalledTask {
  /** `environment.task`. */
  readonly fullName: string;
  readonly interface: TaskInterface;
  /** Undefined for a task that was deployed on its own: the platform knows its limit. */
  readonly settings?: { readonly maxInlineBytes: number };
}

/** The input of a call as a message. Its schema is applied where the task runs. */
export async function encodeCall(
  task: CalledTask,
  input: unknown,
  files: KeptFiles,
): Promise<{ readonly inputs: Uint8Array; readonly inputsHash: string }> {
  const what = `The input of '${task.fullName}'`;
  const given = input ?? {};
  if (typeof given !== "object" || Array.isArray(given)) {
    throw new AppEnvError("INVALID_INPUT", `${what} is a ${typeof given}, but must be an object with its inputs.`);
  }
  const kept = await files.keep(given, "INVALID_INPUT").catch((error: unknown) => {
    // A file that is not there is named already.
    throw AppEnvError.is(error) ? error : unwritable(what, error);
  });
  const inputs = named(what, () => encodeInputs(task.interface, kept as Record<string, unknown>));
  if (task.settings !== undefined) checkSize(what, inputs, { fullName: task.fullName, settings: task.settings });
  return { inputs, inputsHash: inputsHash(inputs) };
}

/** The hash that tells one call of a traced function from another. @throws AppEnvError INVALID_INPUT if that cannot be told. */
export function argumentsHash(traced: string, args: readonly unknown[]): string {
  const what = `What '${traced}' is called with`;
  return inputsHash(named(what, () => encodeValue(args.map(identityOf))));
}

/** The hash that tells a condition from others of the same name: of its prompt and its type. */
export function conditionHash({ prompt, type }: ConditionRequest): string {
  return inputsHash(encodeValue([prompt, type]));
}

/** Leaves out arguments that do not decide the result: functions and signals. */
function identityOf(argument: unknown): unknown {
  return typeof argument === "function" || argument instanceof AbortSignal ? "" : argument;
}

function named(what: string, encode: () => Uint8Array): Uint8Array {
  try {
    return encode();
  } catch (error) {
    throw unwritable(what, error);
  }
}

/** Reading a value may run code of a user, which throws anything. */
function unwritable(what: string, error: unknown): AppEnvError {
  const reason = error instanceof Error ? error.message : String(error);
  return new AppEnvError("INVALID_INPUT", `${what} cannot be written: ${reason}`, { cause: error });
}
