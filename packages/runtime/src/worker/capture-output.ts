import { currentRunContext, tracedOutput } from "@appenv/core/internal";
import { AttemptScope } from "./attempt-scope.ts";

type Written = (error?: Error | null) => void;

/** From now on what code of an attempt writes to stdout or stderr, `console` included, goes to the attempt's log. */
export function captureOutput(): void {
  capture("stdout");
  capture("stderr");
}

function capture(name: "stdout" | "stderr"): void {
  const stream = process[name];
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Written, written?: Written): boolean => {
    const scope = currentRunContext();
    if (!(scope instanceof AttemptScope) || scope.lines.isClosed)
      return write(chunk, encoding as BufferEncoding, written);
    const isText = typeof chunk === "string" && typeof encoding === "string" && !/^utf-?8$/i.test(encoding);
    const text = typeof chunk === "string" && !isText ? tracedOutput(chunk) : chunk;
    scope.lines.write(name, isText ? Buffer.from(chunk, encoding) : text);
    const done = typeof encoding === "function" ? encoding : written;
    if (done !== undefined) process.nextTick(done);
    return true;
  };
}
