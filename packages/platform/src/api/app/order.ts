import { AppEnvError } from "@appenv/core";
import { Sort_Direction, type ListRequest } from "@appenv/protocol";
import { invalidRequest } from "../requests/ids.ts";
import type { AppView } from "./status-board.ts";

/** The position of an app in a list: the field it is sorted by, then its name, project and domain. */
export type SortKey = readonly [string | number, string, string, string];

/** The order of a list of apps. */
export interface AppOrder {
  key(view: AppView): SortKey;
  compare(one: SortKey, other: SortKey): number;
}

const fields: Readonly<Record<string, (view: AppView) => string | number>> = {
  name: ({ app }) => app.id.name,
  project: ({ app }) => app.id.project,
  domain: ({ app }) => app.id.domain,
  created_at: ({ app }) => app.createdAt.getTime(),
  updated_at: ({ app }) => app.updatedAt.getTime(),
};

/** The order that a request asks for; by name if it does not say. @throws AppEnvError INVALID_OPTION. */
export function readOrder(request: ListRequest["request"]): AppOrder {
  const { key: field = "", direction = Sort_Direction.ASCENDING } = request?.sortByFields[0] ?? request?.sortBy ?? {};
  const read = Object.hasOwn(fields, field || "name") ? fields[field || "name"] : undefined;
  if (read === undefined) {
    const known = Object.keys(fields).join(", ");
    throw invalidRequest(`Apps cannot be sorted by '${field.slice(0, 100)}'.`, `Sort by one of: ${known}.`);
  }
  const sign = field !== "" && direction === Sort_Direction.DESCENDING ? -1 : 1;
  return {
    key: (view) => [read(view), view.app.id.name, view.app.id.project, view.app.id.domain],
    compare: (one, other) => sign * compare(one, other),
  };
}

function compare(one: SortKey, other: SortKey): number {
  for (const index of [0, 1, 2, 3] as const) {
    if (one[index] !== other[index]) return one[index] < other[index] ? -1 : 1;
  }
  return 0;
}

/** The token of the part of a list that begins after an app. */
export function writeToken(key: SortKey): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** The app that a token names; undefined for an empty one. @throws AppEnvError INVALID_OPTION. */
export function readToken(token: string): SortKey | undefined {
  if (token === "") return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (Array.isArray(key) && key.length === 4 && key.every((part) => /^(string|number)$/.test(typeof part))) {
      return key as unknown as SortKey;
    }
  } catch {
    // Said below.
  }
  throw new AppEnvError("INVALID_OPTION", "The token of the list request is none that this platform gave.", {
    fix: "Ask for the first page without a token, and for each next one with the token of the answer before.",
  });
}
