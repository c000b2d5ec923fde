import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { Mask } from "../secrets/mask.ts";

const longestLine = 64 * 1024;

/**
 * Calls `onLines` with the complete lines of each chunk, and at the end with what is left. Lines over 64 KiB are split,
 * though never within what `mask` hides.
 */
export function splitLines(
  stream: Readable,
  onLines: (lines: readonly string[]) => void,
  mask: () => Mask | undefined = () => undefined,
): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const emit = (lines: readonly string[], hide = mask()): void => {
    const whole = lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
    if (whole.length > 0) onLines(hide === undefined ? whole : whole.map(hide));
  };
  stream.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    const hide = mask();
    if (rest.length > longestLine + (hide?.longest ?? 0)) {
      const shown = hide?.(rest) ?? rest;
      // A hidden value may go on in the next chunk.
      const cut = Math.max(shown.length - (hide?.longest ?? 0), 0);
      if (cut > 0) lines.push(shown.slice(0, cut));
      rest = shown.slice(cut);
    }
    emit(lines, hide);
  });
  stream.on("end", () => {
    rest += decoder.end();
    if (rest !== "") emit([rest]);
  });
  stream.on("error", () => undefined);
}
