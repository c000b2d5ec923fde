import type { Incoming } from "./use-request.ts";

/** A body that can be shown. */
export interface ReadBody {
  /** For example `application/json`; empty if the app does not say. */
  readonly type: string;
  readonly bytes: number;
  /** Undefined: it is no text. */
  readonly text: string | undefined;
}

const texts =
  /^(text\/|application\/(.*\+)?(json|xml|javascript|ecmascript|yaml|graphql|x-ndjson|x-www-form-urlencoded)\b)/;

/** The body of a response as far as it has come; JSON that is whole is laid out. */
export function readBody({ head, chunks, isOpen }: Pick<Incoming, "head" | "chunks" | "isOpen">): ReadBody {
  const named = head?.headers.find(({ name }) => name.toLowerCase() === "content-type")?.value ?? "";
  const type = named.split(";")[0]?.trim().toLowerCase() ?? "";
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
  if (!(type === "" ? !chunks.some((chunk) => chunk.includes(0)) : texts.test(type)))
    return { type, bytes, text: undefined };
  const decoder = new TextDecoder();
  const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
  return { type, bytes, text: !isOpen && type.endsWith("json") ? laidOut(text) : text };
}

function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
