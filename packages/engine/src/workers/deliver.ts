import type { AttemptHandle } from "./attempt-handle.ts";
import type { WorkerMessage } from "./read-message.ts";

/** Tells attempts what their worker says of them, but for their ends. @param find - Gives the attempt of a number, while it runs. */
export function deliver(message: WorkerMessage, find: (attempt: number) => AttemptHandle | undefined): void {
  switch (message.type) {
    case "requests":
      for (const request of message.requests) find(request.attempt)?.request(request);
      return;
    case "lines":
      for (const { attempt, at, stream, text } of message.lines) find(attempt)?.line(at, stream, text);
      return;
    case "uncancelled":
    case "uncancelled-end":
      return find(message.attempt)?.scope(message);
    case "progress":
      return find(message.attempt)?.progress(message.done, message.total, message.message);
    case "metadata":
      return find(message.attempt)?.metadata(message.json);
    case "report":
      return find(message.attempt)?.report(message.html);
    case "trace":
      return find(message.attempt)?.trace(message.trace);
  }
}
