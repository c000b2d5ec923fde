import type { CallOptions, Schema, TaskContext, TaskFunction } from "@appenv/core";
import {
  actionSpan,
  currentNotes,
  currentTrace,
  inSpan,
  parseValue,
  runInContext,
  stepSpan,
  valueTypeOf,
  type ConditionCall,
  type ConditionRequest,
  type DeployedTask,
  type EventRequest,
  type RunContext,
  type SleepRequest,
  type TraceCall,
  type TraceHeaders,
} from "@appenv/core/internal";
import { answerType, decodeOutput, decodeValue, encodeOutput, encodeValue, inputsHash } from "@appenv/protocol/values";
import type { ActionOutcome, ActionRequest } from "../ipc/action-messages.ts";
import type { AttemptLines } from "./attempt-lines.ts";
import type { CallNames } from "./call-names.ts";
import { inActionSpan } from "./attempt-spans.ts";
import { callError } from "./call-error.ts";
import { readEventValue } from "./event-value.ts";
import { withLocalPaths, type KeptFiles } from "./kept-files.ts";
import { argumentsHash, conditionHash, encodeCall, type CalledTask } from "./call-inputs.ts";
import { Place } from "./place.ts";
import { readAnswer, refused } from "./read-answer.ts";
import { recordTrace } from "./record-trace.ts";

/** A request without the parts that the attempt fills in. */
export type Asked<Request = ActionRequest> = Request extends ActionRequest ? Omit<Request, "attempt" | "call"> : never;

type TaskRequest = Extract<ActionRequest, { kind: "task" }>;

/** An attempt, as its running code uses it. */
export interface RunningAttempt {
  readonly lines: AttemptLines;
  readonly names: CallNames;
  readonly files: KeptFiles;
  /** The trace context of its action, as it came. */
  readonly trace: TraceHeaders | undefined;
  /** True while requests of the running code are served: the attempt runs, and no cancellation is in the way. */
  readonly isActive: boolean;
  /** Asks the platform for something. Rejects when the attempt is cancelled, unless the caller is in an `uncancelled` scope. */
  ask(request: Asked): Promise<ActionOutcome>;
  /** Computes something once for all that ask for it under one name meanwhile. */
  once(name: string, compute: () => Promise<unknown>): Promise<unknown>;
  /** Runs code in an `uncancelled` scope. @param limitMs - Time that it may go on after a cancellation. */
  uncancelled<T>(limitMs: number, run: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** @throws AppEnvError NOT_IN_RUN once the attempt has ended. */
  checkRuns(what: string): void;
  /** @throws AppEnvError PAYLOAD_TOO_LARGE. */
  checkSize(what: string, bytes: Uint8Array): void;
  /** Ends it with an error that nobody caught. Answers true if it was still to end. */
  fail(error: unknown): boolean;
}

/** The scope of an attempt's running code, at one place of its flow. */
export class AttemptScope implements RunContext {
  readonly attempt: RunningAttempt;
  readonly context: TaskContext;
  readonly place: Place;
  readonly group: string | undefined;
  /** The trace that the code is part of, by its action's name; empty outside traces. */
  readonly traceName: string;

  constructor(
    attempt: RunningAttempt,
    context: TaskContext,
    place: Place = Place.root(),
    group?: string,
    traceName = "",
  ) {
    this.attempt = attempt;
    this.context = context;
    this.place = place;
    this.group = group;
    this.traceName = traceName;
  }

  /** The output of the attempt. */
  get lines(): AttemptLines {
    return this.attempt.lines;
  }

  get traceHeaders(): TraceHeaders | undefined {
    return this.attempt.trace;
  }

  inGroup<T>(name: string, run: () => T): T {
    return runInContext(this.#at(this.place.branch(`group ${name}`), name), run);
  }

  branch(site: string): AttemptScope {
    return this.#at(this.place.branch(site));
  }

  orWhereMade(scope: RunContext | undefined): AttemptScope {
    // A function that another attempt in this process has left behind is called where it is called.
    const isElsewhere =
      scope instanceof AttemptScope && this.place.isOfSameAttempt(scope.place) && !this.place.isWithin(scope.place);
    return isElsewhere ? scope : this;
  }

  runKey(task: string, inputs: Uint8Array): string {
    const { project, domain, run } = this.context;
    const identity = { what: task, inputsHash: inputsHash(inputs), group: "" };
    return `${project}/${domain}/${run}/${this.attempt.names.runKey(this.place, identity)}`;
  }

  uncancelled<T>(limitMs: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.attempt.uncancelled(limitMs, run);
  }

  call(task: TaskFunction, input: unknown, options: CallOptions): Promise<unknown> {
    return this.#call(task, input, options);
  }

  callDeployed(task: DeployedTask, input: unknown, options: CallOptions): Promise<unknown> {
    const { name: fullName, interface: type, project, domain, version } = task;
    return this.#call({ fullName, interface: type, deployed: { project, domain, version } }, input, options);
  }

  async #call(
    task: CalledTask & Pick<TaskRequest, "deployed">,
    input: unknown,
    options: CallOptions,
  ): Promise<unknown> {
    this.attempt.checkRuns(`'${task.fullName}'`);
    const group = options.group ?? this.group;
    const encoding = encodeCall(task, input, this.attempt.files);
    const { inputs, inputsHash: hash } = await this.place.inTurn(encoding);
    const identity = { kind: "task", what: task.fullName, inputsHash: hash, group: group ?? "" } as const;
    const name = this.attempt.names.next(this.place, identity, options.key);
    const { fullName, deployed } = task;
    const request = { kind: "task", name, task: fullName, group, inputs, ...(deployed && { deployed }) } as const;
    const { project, domain, run } = this.context;
    const outcome = await inActionSpan(
      () => actionSpan({ project, domain, run, action: name, task: fullName }),
      (span) => {
        const trace = span?.trace ?? currentTrace();
        return this.attempt.ask({ ...request, ...(trace && { trace }) });
      },
    );
    currentNotes()?.countCall({ kind: "task", name: fullName }, outcome.type !== "succeeded");
    if (outcome.type !== "succeeded") throw refused(`'${task.fullName}' (action ${name})`, outcome);
    return withLocalPaths(decodeOutput(task.interface.output, outcome.outputs));
  }

  async trace(call: TraceCall, run: () => unknown): Promise<unknown> {
    const { name: traced, args, key } = call;
    this.attempt.checkRuns(`'${traced}'`);
    const hash = argumentsHash(traced, args);
    const identity = { kind: "trace", what: traced, inputsHash: hash, group: this.group ?? "" } as const;
    const name = this.attempt.names.next(this.place, identity, key);
    return key === undefined
      ? this.#trace(name, call, run)
      : this.attempt.once(name, () => this.#trace(name, call, run));
  }

  async #trace(name: string, { name: traced, output }: TraceCall, run: () => unknown): Promise<unknown> {
    const recorded = await this.attempt.ask({ kind: "trace", name, group: this.group, traced });
    const type = output === undefined ? undefined : valueTypeOf(output, `trace '${traced}'`);
    const decode = (outputs: Uint8Array): unknown =>
      withLocalPaths(type === undefined ? decodeValue(outputs) : decodeOutput(type, outputs));
    if (recorded.type === "succeeded") return decode(recorded.outputs);
    // A recorded failure may go well this time, unless it is final.
    if (recorded.type !== "missing" && !(recorded.type === "failed" && recorded.error.retryable))
      throw callError(`'${traced}'`, recorded);
    const compute = async (): Promise<Uint8Array> => {
      // Calls inside are not made again once the trace is recorded: they must not count for those after it.
      const result = await runInContext(this.#at(this.place.only(name), this.group, name), run);
      const what = `What '${traced}' gave`;
      const parsed = output === undefined ? result : await parseValue(output, result, "INVALID_OUTPUT", what);
      const kept = await this.attempt.files.keep(parsed, "INVALID_OUTPUT");
      const bytes = type === undefined ? encodeValue(kept) : encodeOutput(type, kept);
      this.attempt.checkSize(what, bytes);
      return bytes;
    };
    const outputs = await inSpan(
      () => stepSpan("trace", traced, name),
      () => recordTrace(this.attempt, name, compute),
    );
    // The value that a later attempt will be given, not the computed one: so that both do the same.
    return decode(outputs);
  }

  condition(condition: ConditionRequest, schema: Schema | undefined, key: string | undefined): ConditionCall {
    const what = `The condition '${condition.name}'`;
    this.attempt.checkRuns(what);
    const group = this.group;
    const hash = conditionHash(condition);
    const identity = { kind: "condition", what: condition.name, inputsHash: hash, group: group ?? "" } as const;
    const name = this.attempt.names.next(this.place, identity, key);
    const asked = inActionSpan(
      () => stepSpan("condition", condition.name, name),
      () => this.attempt.ask({ kind: "condition", name, group, condition }),
    );
    return {
      answer: asked.then((outcome) =>
        parsedAnswer(condition, schema, readAnswer(what, answerType(condition), outcome)),
      ),
      link: async () =>
        String(
          readAnswer(
            `The link of '${condition.name}'`,
            { kind: "string" },
            await this.attempt.ask({ kind: "condition-link", name }),
          ),
        ),
    };
  }

  async waitFor(event: EventRequest, schema: Schema | undefined): Promise<unknown> {
    const what = `The wait for the event '${event.name}'`;
    this.attempt.checkRuns(what);
    const group = this.group;
    const identity = { kind: "event", what: event.name, inputsHash: event.key, group: group ?? "" } as const;
    const name = this.attempt.names.next(this.place, identity);
    const outcome = await inActionSpan(
      () => stepSpan("event", event.name, name),
      () => this.attempt.ask({ kind: "event", name, group, event }),
    );
    if (outcome.type !== "succeeded") throw refused(what, outcome);
    return readEventValue(event.name, schema, decodeValue(outcome.outputs));
  }

  async sleep(sleep: SleepRequest, key: string | undefined): Promise<void> {
    this.attempt.checkRuns("`sleep`");
    const group = this.group;
    // Its length may have been computed from the time: another attempt has another one, and sleeps as long as the first.
    const identity = { kind: "sleep", what: "sleep", inputsHash: "", group: group ?? "" } as const;
    const name = this.attempt.names.next(this.place, identity, key);
    const outcome = await inActionSpan(
      () => stepSpan("sleep", "sleep", name),
      () => this.attempt.ask({ kind: "sleep", name, group, sleep }),
    );
    if (outcome.type !== "succeeded") throw refused(`The sleep ${name}`, outcome);
  }

  #at(place: Place, group: string | undefined = this.group, traceName: string = this.traceName): AttemptScope {
    return new AttemptScope(this.attempt, this.context, place, group, traceName);
  }
}

/** The answer as the condition's schema makes it. @throws AppEnvError INVALID_INPUT. */
function parsedAnswer({ name }: ConditionRequest, schema: Schema | undefined, answer: unknown): unknown {
  if (schema === undefined) return answer;
  return parseValue(schema, answer, "INVALID_INPUT", `The answer to the condition '${name}'`);
}
