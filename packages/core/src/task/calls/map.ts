import { invalidOption } from "../../errors/invalid-option.ts";
import { isTask } from "../define-task.ts";
import { readCount } from "../options/read-count.ts";
import type { CallOptions } from "./call-options.ts";
import { branchAt, currentRunContext } from "./current-run-context.ts";
import type { TaskFunction } from "../task-function.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";

/** Options of `map`. */
export interface MapOptions {
  /** Maximum calls open at once. Default 100. */
  readonly concurrency?: number;
  /** Under which name lists gather the calls. Default: that of the group around it, else the task's name. */
  readonly group?: string;
  /** Goes on after a failure, and returns the outcome of each call. Default false. */
  readonly settled?: boolean;
}

const names: OptionNames<MapOptions> = { concurrency: true, group: true, settled: true };

/** A list, or anything else to iterate over; it is read no faster than calls are made. */
export type MapInputs<Input> = Iterable<Input> | AsyncIterable<Input>;

/**
 * Calls a task for each input, some at a time. The results come in the order of the inputs. Without `settled` it
 * rejects with the first failure, and makes no more calls then. Source: Flyte's `map`.
 *
 * @throws AppEnvError INVALID_OPTION.
 * @example
 * const sizes = await map(measure, urls.map((url) => ({ url })), { concurrency: 20 });
 */
export function map<Input, Output>(
  task: TaskFunction<Input, Output>,
  inputs: MapInputs<NoInfer<Input>>,
  options: MapOptions & { readonly settled: true },
): Promise<PromiseSettledResult<Output>[]>;
export function map<Input, Output>(
  task: TaskFunction<Input, Output>,
  inputs: MapInputs<NoInfer<Input>>,
  options?: MapOptions & { readonly settled?: false },
): Promise<Output[]>;
export async function map(
  task: TaskFunction<unknown>,
  inputs: MapInputs<unknown>,
  options: MapOptions = {},
): Promise<unknown[]> {
  if (!isTask(task)) throw invalidOption("map", task, "given a task");
  checkOptions(options, "map", names);
  const concurrency = readCount(options.concurrency, "map.concurrency", { least: 1, most: 100_000 }) ?? 100;
  const group = options.group ?? currentRunContext()?.group ?? task.taskName;
  const callOptions: CallOptions = { group };
  // An input's place in the list tells its call from the others, whichever comes first.
  const call = (input: unknown, index: number): Promise<unknown> =>
    branchAt(String(index), () => task(input, callOptions));
  return branchAt(`map ${task.fullName}`, async () => {
    const mapped = new Mapped(call, iteratorOf(inputs), options.settled ?? false);
    await Promise.all(Array.from({ length: concurrency }, () => mapped.work()));
    return mapped.results;
  });
}

/** One map while it is under way. */
class Mapped {
  readonly results: unknown[] = [];
  readonly #call: (input: unknown, index: number) => Promise<unknown>;
  readonly #inputs: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #settled: boolean;
  #started = 0;
  #over = false;
  /** Inputs are read one after the other, also by several workers. */
  #next: Promise<unknown> = Promise.resolve();

  constructor(
    call: (input: unknown, index: number) => Promise<unknown>,
    inputs: Iterator<unknown> | AsyncIterator<unknown>,
    settled: boolean,
  ) {
    this.#call = call;
    this.#inputs = inputs;
    this.#settled = settled;
  }

  /** Takes inputs and calls, one at a time, until there are none. */
  async work(): Promise<void> {
    try {
      while (!this.#over) {
        const item = await this.#take();
        if (item !== undefined) await this.#run(item.index, item.input);
      }
    } catch (error) {
      this.#stop();
      throw error;
    }
  }

  async #run(index: number, input: unknown): Promise<void> {
    if (!this.#settled) {
      this.results[index] = await this.#call(input, index);
      return;
    }
    const [result] = await Promise.allSettled([this.#call(input, index)]);
    this.results[index] = result;
  }

  #take(): Promise<{ readonly index: number; readonly input: unknown } | undefined> {
    const taken = this.#next.then(async () => {
      if (this.#over) return undefined;
      const { done, value } = await this.#inputs.next();
      if (done === true) this.#over = true;
      return done === true ? undefined : { index: this.#started++, input: value as unknown };
    });
    // Whoever comes next must not wait for ever after an error; it finds that all is over.
    this.#next = taken.catch(() => (this.#over = true));
    return taken;
  }

  #stop(): void {
    if (this.#over) return;
    this.#over = true;
    // An iterator that cannot be closed changes nothing about the failure.
    void (async () => this.#inputs.return?.())().catch(() => {});
  }
}

function iteratorOf(inputs: MapInputs<unknown>): Iterator<unknown> | AsyncIterator<unknown> {
  const source = (inputs ?? {}) as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  const iterator = source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]?.();
  if (iterator === undefined) throw invalidOption("the inputs of map", inputs, "a list or another iterable");
  return iterator;
}
