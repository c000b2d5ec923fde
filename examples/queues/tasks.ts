import { TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const mail = new TaskEnvironment({
  name: "queues",
  description: "Sends letters for tenants who share one machine",
});

/** Shared by both tasks: what a tenant's account at the provider allows. */
const emails = { name: "emails", concurrency: 1, rate: { limit: 100, per: "1m" } } as const;

export const send = mail.task(
  {
    name: "send",
    description: "Sends a letter of a tenant, one at a time for each.",
    input: z.object({ tenant: z.string(), to: z.string() }),
    output: z.string(),
    queue: { ...emails, key: (input) => input.tenant },
  },
  ({ tenant, to }, { log }) => {
    log.info(`a letter of ${tenant} to ${to}`);
    return `${tenant} wrote to ${to}`;
  },
);

export const reindex = mail.task(
  {
    name: "reindex",
    description: "Makes the index of a tenant anew, once its letters have come to rest.",
    input: z.object({ tenant: z.string(), letter: z.string() }),
    output: z.string(),
    debounce: { delay: "2s", max: "1m", key: (input) => input.tenant },
  },
  ({ tenant, letter }) => `the index of ${tenant}, up to ${letter}`,
);

export const statistics = mail.task(
  {
    name: "statistics",
    description: "Counts the letters of a tenant, once in an hour however often that is asked for.",
    input: z.object({ tenant: z.string() }),
    output: z.string(),
    throttle: { per: "1h", key: (input) => input.tenant },
  },
  ({ tenant }) => `the letters of ${tenant}`,
);

export const digest = mail.task(
  {
    name: "digest",
    description: "Sends what can wait: after all letters of anybody.",
    input: z.object({ tenant: z.string() }),
    output: z.string(),
    queue: { ...emails, key: "input.tenant" },
    priority: -10,
  },
  ({ tenant }) => `the digest of ${tenant}`,
);
