import {
  AppEnvError,
  runInScope,
  valueTypeOf,
  parseValue,
  type CallOptions,
  type ConditionRequest,
  type RunScope,
  type Schema,
  type TaskContext,
  type TaskFunction,
} from "@appenv/core";
import { decodeOutput, decodeValue, encodeOutput, encodeValue } from "@appenv/protocol/values";
import type { Attempt } from "./attempt.ts";
import type { AttemptLines } from "./attempt-lines.ts";
import { toActionError } from "./action-error.ts";
import { callError } from "./call-error.ts";
import { withLocalPaths } from "./kept-files.ts";
import { argumentsHash, encodeCall } from "./call-inputs.ts";

/** What stands behind the running code of an attempt, or of a group in it. */
export class AttemptScope implements RunScope {
  readonly attempt: Attempt;
  readonly context: TaskContext;
  readonly group: string | undefined;

  constructor(attempt: Attempt, context: TaskContext, group?: string) {
    this.attempt = attempt;
    this.context = context;
    this.group = group;
  }

  /** Where what the attempt writes goes. */
  get lines(): AttemptLines {
    return this.attempt.lines;
  }

  inGroup<T>(name: string, run: () => T): T {
    return runInScope(new AttemptScope(this.attempt, this.context, name), run);
  }

  uncancelled<T>(limitMs: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.attempt.uncancelled(limitMs, run);
  }

  async call(task: TaskFunction, input: unknown, options: CallOptions): Promise<unknown> {
    this.attempt.checkRuns(`'${task.fullName}'`);
    const group = options.group ?? this.group;
    const { inputs, inputsHash } = await encodeCall(task, input, this.attempt.files);
    const name = this.attempt.names.next({ kind: "task", what: task.fullName, inputsHash, group: group ?? "" });
    const outcome = await this.attempt.ask({ kind: "task", name, task: task.fullName, group, inputs });
    if (outcome.type !== "succeeded") throw refused(`'${task.fullName}'`, outcome);
    return withLocalPaths(decodeOutput(task.interface.output, outcome.outputs));
  }

  async trace(
    traced: string,
    output: Schema | undefined,
    args: readonly unknown[],
    run: () => unknown,
  ): Promise<unknown> {
    this.attempt.checkRuns(`'${traced}'`);
    const inputsHash = argumentsHash(traced, args);
    const name = this.attempt.names.next({ kind: "trace", what: traced, inputsHash, group: this.group ?? "" });
    const recorded = await this.attempt.ask({ kind: "trace", name, group: this.group, traced });
    const type = output === undefined ? undefined : valueTypeOf(output, `trace '${traced}'`);
    const decode = (outputs: Uint8Array): unknown =>
      withLocalPaths(type === undefined ? decodeValue(outputs) : decodeOutput(type, outputs));
    if (recorded.type === "succeeded") return decode(recorded.outputs);
    // What failed may go well this time; what cannot, fails again.
    if (recorded.type !== "missing" && !(recorded.type === "failed" && recorded.error.retryable))
      throw callError(`'${traced}'`, recorded);
    const outputs = await this.#record(name, async () => {
      const result = await run();
      const what = `What '${traced}' gave`;
      const parsed = output === undefined ? result : await parseValue(output, result, "INVALID_OUTPUT", what);
      const kept = await this.attempt.files.keep(parsed, "INVALID_OUTPUT");
      const bytes = type === undefined ? encodeValue(kept) : encodeOutput(type, kept);
      this.attempt.checkSize(what, bytes);
      return bytes;
    });
    // What another attempt will be given, not what was computed: so that both do the same.
    return decode(outputs);
  }

  async condition(condition: ConditionRequest): Promise<unknown> {
    const what = `The condition '${condition.name}'`;
    this.attempt.checkRuns(what);
    const group = this.group;
    const name = this.attempt.names.next({
      kind: "condition",
      what: condition.name,
      inputsHash: "",
      group: group ?? "",
    });
    const outcome = await this.attempt.ask({ kind: "condition", name, group, condition });
    if (outcome.type !== "succeeded") throw refused(what, outcome);
    return decodeOutput({ kind: condition.type }, outcome.outputs);
  }

  /** Computes what a trace gives, and resolves once that is on disk. What fails is recorded too, for people. */
  async #record(name: string, compute: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const startedAt = Date.now();
    let outputs: Uint8Array;
    try {
      outputs = await compute();
    } catch (error) {
      // Nobody waits for the answer; and what is cancelled has nothing more to say.
      const result = { error: toActionError(error) };
      if (this.attempt.isActive) this.attempt.ask({ kind: "trace-result", name, startedAt, result }).catch(() => {});
      throw error;
    }
    const outcome = await this.attempt.ask({ kind: "trace-result", name, startedAt, result: { outputs } });
    if (outcome.type !== "succeeded") throw refused("The result of a trace", outcome);
    return outputs;
  }
}

function refused(
  what: string,
  outcome: Exclude<Awaited<ReturnType<Attempt["ask"]>>, { type: "succeeded" }>,
): AppEnvError {
  if (outcome.type !== "missing") return callError(what, outcome);
  return new AppEnvError("UNEXPECTED", `${what} was answered with nothing.`);
}
