import type { IncomingMessage } from "node:http";
import { checkOf, report } from "@appenv/core/internal";
import type { z } from "zod";
import { mostIssues } from "../connection/codec.ts";
import type { Refusal } from "./refusal.ts";

/** The query as an object: a text for each name, a list for one that is given more than once. */
export function readQuery(search: string): Record<string, string | string[]> {
  const query = new URLSearchParams(search);
  const entries = [...new Set(query.keys())].map((name) => {
    const values = query.getAll(name);
    return [name, values.length === 1 ? values[0]! : values] as const;
  });
  return Object.fromEntries(entries);
}

/** The parameters or the query as the schema gives them; a refusal if they do not fit. Never rejects. */
export async function parsePart(
  schema: z.ZodType | undefined,
  what: string,
  value: unknown,
): Promise<{ readonly value: unknown; readonly refusal?: Refusal }> {
  if (schema === undefined) return { value };
  const checked = await checkOf(schema)(value);
  if (checked.issues === undefined) return checked;
  const issues = checked.issues.slice(0, mostIssues);
  const told = issues.map(({ path = [], message }) => `${[what, ...path.map(String)].join("/")} ${message}`);
  return { value, refusal: { status: 400, code: "INVALID_PARAMETERS", detail: told.join("; ") } };
}

/** Asks a route's `authenticate`; undefined if it does not know who asks. */
export async function identify(
  authenticate: ((request: IncomingMessage) => unknown) | undefined,
  request: IncomingMessage,
): Promise<{ readonly identity: unknown } | undefined> {
  if (authenticate === undefined) return { identity: undefined };
  try {
    const identity = await authenticate(request);
    return identity === undefined || identity === null || identity === false ? undefined : { identity };
  } catch (error) {
    report(`authenticate failed for ${request.url?.split("?", 1)[0]}`, error);
    return undefined;
  }
}
