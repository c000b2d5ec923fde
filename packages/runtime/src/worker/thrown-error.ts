import { isAbsolute, relative } from "node:path";
import { AppEnvError } from "@appenv/core";
import { isLibrary, isOwnCode } from "@appenv/core/internal";
import type { ThrownError } from "@appenv/protocol/values";
import { placeIn } from "./place-in.ts";

/** Maximum number of errors that are told of, and of those of one AggregateError. */
const mostErrors = 30;
const mostOfOne = 10;
const longestText = 200;
const longestMessage = 1_000;

/** Readers of an error's texts, which never throw. */
export interface ErrorTexts {
  message(thrown: unknown): string;
  /** Lines of the user's own sources. */
  stack(thrown: unknown): string | undefined;
}

/** A thrown value and its causes, as far as other processes can be told of them. Never throws. */
export function toThrownErrors(thrown: unknown, texts: ErrorTexts): readonly ThrownError[] {
  const places = new Map<unknown, number>([[thrown, 0]]);
  const list: ThrownError[] = [];
  const placeOf = (other: unknown): number | undefined => {
    // A circle is cut: the causes of an error come after it.
    if (places.has(other) || places.size >= mostErrors) return undefined;
    places.set(other, places.size);
    return places.size - 1;
  };
  // Errors that are found on the way come last, so that no chain fills the stack.
  for (const [each] of places) list.push(toThrownError(each, texts, placeOf));
  return list;
}

type PlaceOf = (other: unknown) => number | undefined;

function toThrownError(thrown: unknown, texts: ErrorTexts, placeOf: PlaceOf): ThrownError {
  const message = cut(texts.message(thrown), longestMessage);
  if (!read(() => thrown instanceof Error)) return { message };
  const error = thrown as Error & Readonly<Record<"code" | "status" | "fix" | "errors", unknown>>;
  const name = textOrNumber(() => error.name);
  const isListed = read(() => AppEnvError.is(error)) === true;
  const cause = read(() => ("cause" in error ? error.cause : undefined));
  const errors = read(() => (Array.isArray(error.errors) ? error.errors.slice(0, mostOfOne) : undefined)) as unknown[];
  return defined({
    name: isListed ? "AppEnvError" : String(name ?? "Error"),
    message,
    code: textOrNumber(() => error.code),
    status: textOrNumber(() => error.status),
    fix: isListed ? read(() => cut(String(error.fix), longestMessage)) : undefined,
    at: lineOf(texts.stack(thrown)),
    cause: cause === undefined ? undefined : placeOf(cause),
    errors: errors?.map(placeOf).filter((place) => place !== undefined),
  });
}

/** Reads a property of a thrown value, which may be a proxy or have accessors that throw in turn. */
function read<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}

function textOrNumber(get: () => unknown): string | number | undefined {
  const value = read(get);
  if (typeof value === "string" && value !== "") return cut(value, longestText);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`;
}

function defined(thrown: { readonly [Key in keyof ThrownError]: ThrownError[Key] | undefined }): ThrownError {
  return Object.fromEntries(
    Object.entries(thrown).filter(([, value]) => value !== undefined),
  ) as unknown as ThrownError;
}

/** The first place in the user's code that a stack names, else in another package's. AppEnv's own says nothing to anybody. */
function lineOf(stack: string | undefined): string | undefined {
  const places = (stack ?? "").split("\n").flatMap((line) => placeIn(line) ?? []);
  const place = places.find(({ path }) => !isLibrary(path)) ?? places.find(({ path }) => !isOwnCode(path));
  return place && cut(`${shortPath(place.path)}:${place.position}`, longestText);
}

/** From the directory of the code, if it is in there. */
function shortPath(path: string): string {
  if (!isAbsolute(path)) return path;
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
