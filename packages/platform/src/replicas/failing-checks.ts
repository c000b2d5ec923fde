import type { FromReplica } from "@appenv/runtime";
import type { ReplicaProcess } from "./replica-process.ts";

/** Time limit for a replica's answer, in milliseconds; its own limit for checks is usually longer. */
const limitMs = 500;

let calls = 0;

/** Asks a replica which of its checks fail, and why; nothing if it does not answer soon. */
export function failingChecks(process: ReplicaProcess): Promise<Readonly<Record<string, string>>> {
  const call = (calls += 1);
  const { promise, resolve } = Promise.withResolvers<Readonly<Record<string, string>>>();
  const onMessage = (message: FromReplica): void => {
    if (message.type === "failing" && message.call === call) resolve(readTexts(message.checks));
  };
  const timer = setTimeout(resolve, limitMs, {});
  process.on("message", onMessage);
  process.send({ type: "failing-request", call });
  return promise.finally(() => {
    clearTimeout(timer);
    process.off("message", onMessage);
  });
}

/** Code of a user shares the channel with the runtime. */
function readTexts(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry) => typeof entry[1] === "string"));
}
