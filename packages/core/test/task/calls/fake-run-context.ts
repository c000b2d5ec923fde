import { type TaskContext } from "../../../src/index.ts";
import {
  runInContext,
  type ConditionCall,
  type ConditionRequest,
  type DeployedTask,
  type EventRequest,
  type RunContext,
  type SleepRequest,
  type TraceCall,
} from "../../../src/internal.ts";

/** A request to a run context, in order. */
export interface Asked {
  readonly what: string;
  readonly group: string | undefined;
}

/** A run context that notes what it is asked for, and answers tasks with their own implementation. */
export class FakeRunContext implements RunContext {
  readonly asked: Asked[];
  readonly group: string | undefined;
  readonly traceHeaders = undefined;
  readonly context: TaskContext = { run: "r1" } as TaskContext;
  /** Calls that are open now, and the most there were. */
  readonly open: { now: number; most: number };
  readonly #answer: (input: never) => unknown;

  constructor(answer: (input: never) => unknown = () => "answer", asked: Asked[] = [], group?: string) {
    this.#answer = answer;
    this.asked = asked;
    this.group = group;
    this.open = { now: 0, most: 0 };
  }

  run<T>(code: () => T): T {
    return runInContext(this, code);
  }

  async call(
    task: { readonly fullName: string },
    input: unknown,
    options: { readonly group?: string },
  ): Promise<unknown> {
    this.asked.push({ what: `${task.fullName} ${JSON.stringify(input)}`, group: options.group ?? this.group });
    this.open.now += 1;
    this.open.most = Math.max(this.open.most, this.open.now);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      return await this.#answer(input as never);
    } finally {
      this.open.now -= 1;
    }
  }

  async callDeployed(task: DeployedTask, input: unknown, options: { readonly group?: string }): Promise<unknown> {
    return this.call({ fullName: `${task.name}@${task.version}` }, input, options);
  }

  async trace({ name, args }: TraceCall, run: () => unknown): Promise<unknown> {
    this.asked.push({ what: `trace ${name} ${JSON.stringify(args)}`, group: this.group });
    return run();
  }

  async waitFor(event: EventRequest): Promise<unknown> {
    this.asked.push({ what: `event ${JSON.stringify(event)}`, group: this.group });
    return "sent";
  }

  async sleep(request: SleepRequest, key: string | undefined): Promise<void> {
    this.asked.push({ what: `sleep ${JSON.stringify(request)} ${key ?? ""}`.trim(), group: this.group });
  }

  condition(condition: ConditionRequest): ConditionCall {
    this.asked.push({ what: JSON.stringify(condition), group: this.group });
    return { answer: Promise.resolve(true), link: async () => "link" };
  }

  inGroup<T>(name: string, run: () => T): T {
    return runInContext(new FakeRunContext(this.#answer, this.asked, name), run);
  }

  uncancelled<T>(limitMs: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.asked.push({ what: `uncancelled ${limitMs}`, group: this.group });
    return run(new AbortController().signal);
  }

  runKey(): string {
    return "key";
  }

  branch(): RunContext {
    return this;
  }

  orWhereMade(): RunContext {
    return this;
  }
}
