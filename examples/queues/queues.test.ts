import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

interface Shown {
  readonly waiting: number;
  readonly keys: readonly { readonly key: string; readonly waiting: number }[];
  readonly next: readonly { readonly run: string; readonly priority: number }[];
}

test("tenants share a queue in turn, the urgent first and what can wait last, and it is paused and resumed", async () => {
  const cli = commandLine();
  await cli.up();
  await cli.json("deploy", new URL("tasks.ts", import.meta.url));
  await cli.json("pause", "queue", "emails");
  const run = (task: string, name: string, tenant: string, ...more: string[]): Promise<unknown> =>
    cli.json("run", "deployed-task", `queues.${task}`, "--tenant", tenant, ...more, "--name", name, "--detach");
  await run("digest", "digest", "acme");
  await run("send", "first", "acme", "--to", "Ada");
  await run("send", "second", "acme", "--to", "Bob");
  await run("send", "other", "globex", "--to", "Cy");
  await run("send", "urgent", "acme", "--to", "Dee", "--priority", "10");
  const queue = await cli.json<Shown>("get", "queue", "emails");
  expect(queue.keys).toMatchObject([
    { key: "acme", waiting: 4 },
    { key: "globex", waiting: 1 },
  ]);
  // The letters of acme and of globex take turns.
  expect(queue.next.map(({ run: name }) => name)).toEqual(["urgent", "first", "other", "second", "digest"]);
  await cli.json("resume", "queue", "emails");
  await expect.poll(() => cli.json<unknown[]>("get", "run", "--phase", "SUCCEEDED")).toHaveLength(5);
  // Once its letters have come to rest.
  const reindex = ["run", "deployed-task", "queues.reindex", "--tenant", "acme", "--letter", "first", "--detach"];
  const one = await cli.json<{ readonly name: string; readonly scheduledAt: string }>(...reindex);
  expect(Date.parse(one.scheduledAt)).toBeGreaterThan(0);
  await expect.poll(() => cli.json("get", "io", one.name)).toMatchObject({ output: "the index of acme, up to first" });
  const count = ["run", "deployed-task", "queues.statistics", "--tenant", "acme"];
  const counted = await cli.json<{ readonly name: string }>(...count);
  expect(await cli.json(...count)).toMatchObject({ name: counted.name, output: "the letters of acme" });
  expect(await cli.json("get", "io", "urgent")).toMatchObject({ output: "acme wrote to Dee" });
  expect(await cli.json<Shown>("get", "queue", "emails")).toMatchObject({ waiting: 0 });
});
