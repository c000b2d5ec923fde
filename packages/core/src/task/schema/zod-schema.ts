import { FlyteDir, FlyteFile } from "../../values/places.ts";
import type { Schema } from "../options/task-options.ts";

// The parts of zod's schemas that are read here. Core does not depend on zod, whose definitions are public.

/** A side of a schema: its input, or its output. */
export type Side = "input" | "output";

/** A schema of zod as far as it is read here. */
export interface ZodSchema {
  readonly _zod: {
    readonly def: ZodDef;
    /** Of `z.instanceof`. */
    readonly bag?: { readonly Class?: unknown };
    /** The schema of which this one is a copy, by `describe` and the like. */
    readonly parent?: ZodSchema;
  };
  readonly "~standard"?: {
    readonly validate: (value: unknown) => { readonly value?: unknown; readonly issues?: unknown } | Promise<unknown>;
    readonly jsonSchema?: Readonly<Record<Side, (options: object) => Record<string, unknown>>>;
  };
  readonly description?: string | undefined;
}

/** The definition of a schema: its type, and what schemas of that type have. */
export interface ZodDef {
  readonly type: string;
  readonly format?: string;
  readonly checks?: readonly {
    readonly _zod: { readonly def: { readonly check?: string; readonly format?: string } };
  }[];
  readonly element?: ZodSchema;
  readonly shape?: Readonly<Record<string, ZodSchema>>;
  readonly catchall?: ZodSchema;
  readonly items?: readonly ZodSchema[];
  readonly rest?: ZodSchema | null;
  readonly keyType?: ZodSchema;
  readonly valueType?: ZodSchema;
  readonly options?: readonly ZodSchema[];
  readonly left?: ZodSchema;
  readonly right?: ZodSchema;
  readonly innerType?: ZodSchema;
  readonly in?: ZodSchema;
  readonly out?: ZodSchema;
  readonly getter?: () => ZodSchema;
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly values?: readonly unknown[];
  readonly defaultValue?: unknown;
}

/** A task's schema, as the type that is read here. */
export function zodSchema(schema: Schema): ZodSchema {
  return schema as unknown as ZodSchema;
}

/** The definition of a schema. */
export function defOf({ _zod: internals }: ZodSchema): ZodDef {
  return internals.def;
}

/** The part of an object that a definition must have. */
export function part<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError("This is no schema of zod 4.");
  return value;
}

/** The input or output of a pipe. `z.preprocess` takes anything, so its output stands for both sides. */
export function sideOfPipe({ in: first, out: last }: ZodDef, side: Side): ZodSchema {
  const isPreprocess = first !== undefined && defOf(first).type === "transform";
  return part(side === "input" && !isPreprocess ? first : last);
}

/** True if a number schema takes whole numbers only. */
export function isInteger(def: ZodDef): boolean {
  const formats = [def.format, ...(def.checks ?? []).map(({ _zod: internals }) => internals.def.format)];
  return formats.some((format) => format !== undefined && /^(safe|u)?int(32|64)?$/.test(format));
}

/** The kind of class that `z.instanceof` tests for, if tasks can pass it on. */
export function fileKind({ _zod: internals }: ZodSchema): "file" | "dir" | undefined {
  const { Class } = internals.bag ?? {};
  if (Class === FlyteFile) return "file";
  return Class === FlyteDir ? "dir" : undefined;
}

/** The values of an enum; TypeScript's own enums of numbers also hold their names by number. */
export function enumValues({ entries = {} }: ZodDef): readonly (string | number)[] {
  const numbers = new Set(Object.values(entries).filter((value) => typeof value === "number"));
  return Object.entries(entries)
    .filter(([key]) => !numbers.has(Number(key)))
    .map(([, value]) => value);
}

interface Registry {
  get(schema: ZodSchema): { readonly description?: string } | undefined;
}

/** The description of a schema, or else of the one it wraps. */
export function descriptionOf(schema: ZodSchema): string | undefined {
  const { __zod_globalRegistry: registry } = globalThis as { __zod_globalRegistry?: Registry };
  for (let current: ZodSchema | undefined = schema; current !== undefined; current = defOf(current).innerType) {
    const description = current.description ?? registry?.get(current)?.description;
    if (description !== undefined) return description;
  }
  return undefined;
}
