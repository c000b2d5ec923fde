import { AppEnvError } from "../errors/appenv-error.ts";
import type { TaskMetadata } from "./task-metadata.ts";

/** Maximum size of the metadata of an action, in characters of JSON. */
const mostCharacters = 64 * 1024;

/** The metadata of an attempt. */
export class JsonMetadata implements TaskMetadata {
  readonly #changed: (json: string) => void;
  #json = "{}";

  /** @param changed - Called with the whole object after each change. */
  constructor(changed: (json: string) => void = () => {}) {
    this.#changed = changed;
  }

  get(): Readonly<Record<string, unknown>> {
    return JSON.parse(this.#json) as Record<string, unknown>;
  }

  set(key: string, value: unknown): void {
    this.#change(key, () => value);
  }

  increment(key: string, by = 1): void {
    this.#change(key, (now = 0) => {
      if (typeof now === "number" && Number.isFinite(by)) return now + by;
      throw new AppEnvError("INVALID_INPUT", `The metadata '${key}' cannot be counted: it is ${JSON.stringify(now)}.`);
    });
  }

  append(key: string, item: unknown): void {
    this.#change(key, (now = []) => {
      if (Array.isArray(now)) return [...(now as unknown[]), item];
      throw new AppEnvError("INVALID_INPUT", `The metadata '${key}' is no list: it is ${JSON.stringify(now)}.`);
    });
  }

  delete(key: string): void {
    this.#change(key, () => undefined);
  }

  #change(key: string, next: (now: unknown) => unknown): void {
    const all = new Map(Object.entries(this.get()));
    const value = next(all.get(key));
    if (value === undefined) all.delete(key);
    else all.set(key, value);
    const json = toJson(Object.fromEntries(all), `The metadata '${key}'`);
    if (json.length > mostCharacters) {
      throw new AppEnvError("INVALID_INPUT", `There is no room for the metadata '${key}': all of it may have 64 KiB.`, {
        fix: "Write what grows into a stream: `ctx.stream(name).write(value)`.",
      });
    }
    this.#json = json;
    this.#changed(json);
  }
}

/** A value as JSON. @throws AppEnvError INVALID_INPUT. */
export function toJson(value: unknown, what: string): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    throw new AppEnvError("INVALID_INPUT", `${what} cannot be written as JSON.`, { cause: error });
  }
  if (json !== undefined) return json;
  throw new AppEnvError("INVALID_INPUT", `${what} cannot be written as JSON: it is ${typeof value}.`);
}
