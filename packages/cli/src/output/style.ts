import { styleText } from "node:util";

/** Red and bold for what went wrong, if stderr is a terminal and NO_COLOR is not set. */
export function alarm(text: string): string {
  return paint(text, "red");
}

/** Bold for what to do, under the same conditions. */
export function advice(text: string): string {
  return paint(text, "cyan");
}

function paint(text: string, color: "red" | "cyan"): string {
  if (!process.stderr.isTTY || (process.env["NO_COLOR"] ?? "") !== "") return text;
  return styleText(["bold", color], text, { validateStream: false });
}
