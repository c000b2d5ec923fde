import { invalidOption } from "../errors/invalid-option.ts";

const brand: unique symbol = Symbol.for("appenv.place") as never;

/** A file, by path or URI, given to an app as a parameter, or to a task as an input. */
export class FlyteFile {
  /** A path on the machine that serves, or a URI. */
  readonly path: string;
  constructor(path: string) {
    this.path = readName("FlyteFile", path);
    Object.defineProperty(this, brand, { value: "file" });
    Object.freeze(this);
  }

  /** Distinguishes it from a directory, also for the compiler. */
  get kind(): "file" {
    return "file";
  }

  /** Makes `instanceof` recognise instances of other copies of the package: a value comes from the copy that read it. */
  static [Symbol.hasInstance](value: unknown): value is FlyteFile {
    return isPlace(value, "file");
  }
}

/** A directory, by path or URI, given to an app as a parameter, or to a task as an input. */
export class FlyteDir {
  /** A path on the machine that serves, or a URI. */
  readonly path: string;
  constructor(path: string) {
    this.path = readName("FlyteDir", path);
    Object.defineProperty(this, brand, { value: "dir" });
    Object.freeze(this);
  }

  /** Distinguishes it from a file, also for the compiler. */
  get kind(): "directory" {
    return "directory";
  }

  /** See `FlyteFile`. */
  static [Symbol.hasInstance](value: unknown): value is FlyteDir {
    return isPlace(value, "dir");
  }
}

function isPlace(value: unknown, kind: "file" | "dir"): boolean {
  return typeof value === "object" && value !== null && (value as { [brand]?: unknown })[brand] === kind;
}

/** Checks a name or a path. */
export function readName(what: string, value: string): string {
  if (typeof value !== "string" || value === "") throw invalidOption(what, value, "a text");
  return value;
}
