/** One thing a schema found. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** zod's name of the rule. */
  readonly code?: string;
}

/** The outcome of Standard Schema's `validate`. */
export type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

/** What adapters need of a schema that follows Standard Schema (standardschema.dev), zod's included. */
export interface StandardSchema {
  readonly "~standard": {
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>;
    /** Standard JSON Schema, which newer libraries bring. */
    readonly jsonSchema?: Readonly<
      Record<"input" | "output", (options: { target: "draft-2020-12" }) => Record<string, unknown>>
    >;
  };
}

/** Whether a value is a schema of zod or of another library, and no JSON schema. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  return (typeof value === "object" || typeof value === "function") && value !== null && "~standard" in value;
}

/** The place of an issue as a JSON pointer; empty for the whole value. */
export function pathOf({ path = [] }: Issue): string {
  return path
    .map((step) => String(typeof step === "object" ? step.key : step))
    .map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

/** An issue in words: its place and what is wrong there. */
export function describeIssue(issue: Issue): string {
  return `${pathOf(issue) || "the whole"}: ${issue.message}`;
}
