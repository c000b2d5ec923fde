import { AppEnvError } from "@appenv/core";
import type { Output } from "./output.ts";

/** Removes something, which is no error if it is gone already, and says which of the two it was. */
export async function printDeleted(
  output: Output,
  thing: { readonly text: string; readonly json: object },
  remove: () => Promise<void>,
): Promise<void> {
  const { text, json } = thing;
  try {
    await remove();
  } catch (error) {
    if (!AppEnvError.is(error, "NOT_FOUND")) throw error;
    output.result({ ...json, deleted: false }, `There was no ${text}.`);
    return;
  }
  output.result({ ...json, deleted: true }, `${text.charAt(0).toUpperCase()}${text.slice(1)} is removed.`);
}
