import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

const longestLine = 64 * 1024;

/** Calls `onLines` with the complete lines of each chunk, and at the end with what is left. Lines over 64 KiB are split. */
export function splitLines(stream: Readable, onLines: (lines: readonly string[]) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > longestLine) {
      lines.push(rest);
      rest = "";
    }
    if (lines.length > 0) onLines(lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line)));
  });
  stream.on("end", () => {
    rest += decoder.end();
    if (rest !== "") onLines([rest]);
  });
  stream.on("error", () => undefined);
}
