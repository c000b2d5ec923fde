import type { Checked, SchemaIssue } from "@appenv/core/internal";
import { pointerStep } from "./component-names.ts";

/** The parts that adapters use of a schema that follows Standard Schema (standardschema.dev), as those of zod do. */
export interface StandardSchema {
  readonly "~standard": {
    readonly vendor: string;
    readonly validate: (value: unknown) => Checked | Promise<Checked>;
    /** Standard JSON Schema, which newer libraries bring. */
    readonly jsonSchema?: Readonly<
      Record<"input" | "output", (options: { target: "draft-2020-12" | "draft-07" }) => Record<string, unknown>>
    >;
  };
}

/** True of a schema of zod or of another library, and not of a JSON schema. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  return (typeof value === "object" || typeof value === "function") && value !== null && "~standard" in value;
}

/** The place of an issue as a JSON pointer; empty for the whole value. */
export function pathOf({ path = [] }: SchemaIssue): string {
  return path.map((step) => `/${pointerStep(String(typeof step === "object" ? step.key : step))}`).join("");
}

/** Maximum number of issues in an answer about a value: it can be wrong in as many places as it has. */
export const mostIssues = 20;

/** An issue in words: its place and what is wrong there. */
export function describeIssue(issue: SchemaIssue): string {
  return `${pathOf(issue) || "the whole"}: ${issue.message}`;
}
