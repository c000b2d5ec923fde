import { invalidOption } from "../../errors/invalid-option.ts";
import { checkKey } from "./call-key.ts";
import { parseValue } from "../schema/parse.ts";
import { currentRunContext } from "./current-run-context.ts";
import type { Schema } from "../options/task-options.ts";
import { valueTypeOf } from "../schema/value-type-of.ts";
import { checkOptions, type OptionNames } from "../../errors/known-options.ts";

/** Options of a traced function. */
export interface TraceOptions<
  Output extends Schema | undefined = undefined,
  Args extends readonly unknown[] = readonly unknown[],
> {
  /** Shown in the list of a run's actions. */
  readonly name: string;
  /** The schema by which its result is stored. Default: anything that can be written without loss. */
  readonly output?: Output;
  /**
   * Names a call outright, among all that its action calls: then neither its place in the code nor its arguments tell it
   * from others. A text of at most 200 characters, or made from the arguments.
   */
  readonly key?: string | ((...args: Args) => string);
}

const names: OptionNames<TraceOptions> = { name: true, output: true, key: true };

/** A traced function: like the original, but always with a promise. */
export type Traced<Args extends readonly unknown[], Result> = (...args: Args) => Promise<Result>;

/**
 * Makes a function whose result is recorded: inside a run it is computed once for the same arguments, and given again
 * when its action runs again. What fails is computed again then. Outside a run it just runs. Source: Flyte's `trace`.
 *
 * Its arguments tell one call from another: they must be plain data. Functions and abort signals among them do not
 * count.
 *
 * @example
 * const fetchOrder = trace("fetch-order", async (id: string) => (await fetch(`${api}/orders/${id}`)).json());
 * @throws AppEnvError INVALID_OPTION, NO_LITERAL_TYPE; the traced function INVALID_INPUT, INVALID_OUTPUT, PAYLOAD_TOO_LARGE.
 */
export function trace<Args extends readonly unknown[], Result>(
  name: string | TraceOptions<undefined, NoInfer<Args>>,
  run: (...args: Args) => Result,
): Traced<Args, Awaited<Result>>;
export function trace<Args extends readonly unknown[], Output extends Schema>(
  options: TraceOptions<Output, NoInfer<Args>>,
  run: (...args: Args) => Output["_zod"]["input"] | Promise<Output["_zod"]["input"]>,
): Traced<Args, Output["_zod"]["output"]>;
export function trace(
  nameOrOptions: string | TraceOptions<Schema | undefined, readonly never[]>,
  run: (...args: readonly never[]) => unknown,
): Traced<readonly never[], unknown> {
  const options = typeof nameOrOptions === "string" ? { name: nameOrOptions } : nameOrOptions;
  const { name, output, key } = options as TraceOptions<Schema | undefined, readonly never[]>;
  if (typeof name !== "string" || name === "" || name.length > 63) {
    throw invalidOption("name of a trace", name, "a text of at most 63 characters");
  }
  if (typeof run !== "function") throw invalidOption(`trace '${name}'`, run, "given a function as its second argument");
  checkOptions(options, `trace '${name}'`, names);
  if (output !== undefined) valueTypeOf(output, `trace '${name}'`);
  const keyOf = (args: readonly never[]): string | undefined =>
    checkKey(`key of trace '${name}'`, typeof key === "function" ? key(...args) : key);
  if (typeof key !== "function") keyOf([]);
  const traced = async (...args: readonly never[]): Promise<unknown> => {
    const context = currentRunContext();
    if (context !== undefined) return context.trace({ name, output, args, key: keyOf(args) }, () => run(...args));
    const result = await run(...args);
    return output === undefined ? result : parseValue(output, result, "INVALID_OUTPUT", `What '${name}' gave`);
  };
  return Object.defineProperty(traced, "name", { value: name });
}
