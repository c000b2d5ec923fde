import { AppEnvError } from "../../errors/appenv-error.ts";
import { invalidOption, show } from "../../errors/invalid-option.ts";
import type { TaskInterface, ValueType } from "../schema/value-type.ts";
import { pathOf, recording } from "./recording.ts";
import type { KeyPath, QueueKey } from "./queue-options.ts";

/** Maximum number of parts of a key. */
const mostParts = 5;

/**
 * The paths that a key picks. A function is called on a stand-in for the input.
 *
 * @param option - The name of the option, for errors.
 * @throws AppEnvError INVALID_OPTION, also for what the function throws.
 */
export function readKey(value: QueueKey | undefined, option: string, taken: TaskInterface): readonly KeyPath[] {
  if (value === undefined) return [];
  const paths = typeof value === "function" ? picked(value as Pick, option) : named(value, option);
  if (paths.length === 0 || paths.length > mostParts) {
    throw invalidOption(option, value, `one to ${mostParts} parts of the input`);
  }
  for (const path of paths) checkPath(path, option, taken);
  return Object.freeze(paths);
}

type Pick = (input: unknown) => unknown;

const picks = '(input) => input.tenant", or a list of such choices: "(input) => [input.tenant, input.region]';

function named(value: unknown, option: string): KeyPath[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.map((text) => {
    const names = typeof text === "string" ? text.split(".") : [];
    if (names.length > 1 && names[0] === "input" && names.every((name) => name !== "")) return names.slice(1);
    throw invalidOption(option, text, 'a path such as "input.tenant", or a function such as "(input) => input.tenant"');
  });
}

function picked(pick: Pick, option: string): KeyPath[] {
  const read = new Set<string>();
  const paths = pathsOf(call(pick, recording(read), option), option);
  const used = new Set(paths.flatMap((path) => path.map((_, index) => JSON.stringify(path.slice(0, index + 1)))));
  const unused = [...read].find((path) => !used.has(path));
  if (unused !== undefined) throw computes(option, `it reads input.${(JSON.parse(unused) as string[]).join(".")}`);
  // A choice that depends on a value gives something else for some of these.
  for (const leaf of ["a text", "", 0, false, null]) {
    const given = call(pick, sample(paths, leaf), option);
    const parts: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (parts.length !== paths.length || parts.some((part) => part !== leaf)) {
      throw computes(option, `for ${show(leaf)} it gives ${show(given)}`);
    }
  }
  return paths;
}

function pathsOf(given: unknown, option: string): KeyPath[] {
  const parts: readonly unknown[] = Array.isArray(given) ? given : [given];
  return parts.map((part) => {
    const path = pathOf(part);
    if (path === undefined || path.length === 0) throw computes(option, `it gives ${show(given)}`);
    return path;
  });
}

function call(pick: Pick, input: unknown, option: string): unknown {
  try {
    return pick(input);
  } catch (error) {
    throw computes(option, error instanceof Error ? error.message : String(error), error);
  }
}

function computes(option: string, why: string, cause?: unknown): AppEnvError {
  return new AppEnvError(
    "INVALID_OPTION",
    `${option} is a function that does more than pick parts of the input: ${why}.`,
    {
      fix: `Write "${picks}". Compute anything else before, and give it to the task as an input, or to \`run\` as \`queueKey\`.`,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

/** An input with this value at the end of each path. */
function sample(paths: readonly KeyPath[], leaf: unknown): unknown {
  const input: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const path of paths) {
    let at = input;
    for (const name of path.slice(0, -1)) at = (at[name] ??= Object.create(null)) as Record<string, unknown>;
    at[path.at(-1) ?? ""] = leaf;
  }
  return input;
}

function checkPath([name = "", ...rest]: KeyPath, option: string, { inputs }: TaskInterface): void {
  const input = inputs.find((one) => one.name === name);
  if (input === undefined) throw invalidOption(option, `input.${name}`, "the name of an input");
  const isNested = rest.length > 0;
  if (kindsOf(input.type).some((kind) => (isNested ? nested.has(kind) : !many.has(kind)))) return;
  throw invalidOption(option, ["input", name, ...rest].join("."), "a text, a number or a truth value");
}

const nested: ReadonlySet<ValueType["kind"]> = new Set<ValueType["kind"]>(["struct", "map"]);
const many: ReadonlySet<ValueType["kind"]> = new Set<ValueType["kind"]>(["list", "map", "file", "dir", "none"]);

function kindsOf(type: ValueType): readonly ValueType["kind"][] {
  return type.kind === "union" ? type.variants.flatMap(kindsOf) : [type.kind];
}
