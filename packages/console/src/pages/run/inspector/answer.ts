import { SimpleType } from "@appenv/protocol/tasks";

/** The answer to a condition, as a message says it. */
export type Answer =
  | { readonly case: "boolValue"; readonly value: boolean }
  | { readonly case: "intValue"; readonly value: bigint }
  | { readonly case: "floatValue"; readonly value: number }
  | { readonly case: "stringValue"; readonly value: string };

/** Reads what was typed as an answer; undefined if it is none of this type. */
export function readAnswer(type: SimpleType, text: string): Answer | undefined {
  if (type === SimpleType.INTEGER) {
    return /^\s*[-+]?\d+\s*$/.test(text)
      ? { case: "intValue", value: BigInt(text.trim().replace(/^\+/, "")) }
      : undefined;
  }
  if (type === SimpleType.FLOAT) {
    const value = Number(text);
    return text.trim() === "" || Number.isNaN(value) ? undefined : { case: "floatValue", value };
  }
  return { case: "stringValue", value: text };
}
