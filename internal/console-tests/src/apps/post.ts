import { once } from "node:events";
import { TaskEnvironment } from "@appenv/core";
import { z } from "zod";

/** Tasks whose runs wait in queues. */
export const tasks = new TaskEnvironment({ name: "post" });

/** Goes on until it is aborted: one at a time for each tenant. */
export const send = tasks.task(
  {
    name: "send",
    input: z.object({ tenant: z.string() }),
    queue: { name: "emails", concurrency: 1, rate: { limit: 20, per: "1m" }, key: (input) => input.tenant },
  },
  async (_, { signal }) => {
    const timer = setInterval(() => {}, 1_000);
    await once(signal, "abort");
    clearInterval(timer);
  },
);
