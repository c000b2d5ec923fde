/** One thing a schema found. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** zod's name of the rule. */
  readonly code?: string | undefined;
}

/** The value that a schema made of another, or all issues. */
export type Checked =
  | { readonly value: unknown; readonly issues?: undefined }
  | {
      readonly issues: readonly SchemaIssue[];
      /** The library's own error, or the one that the schema threw. */
      readonly cause?: unknown;
    };
