import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import { TaskClient } from "@appenv/client/tasks";
import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";
import { shop, tasks } from "./appenv-client.ts";
import type * as service from "./service.ts";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const here = (name: string): URL => new URL(name, import.meta.url);

test("a client written for the service runs its tasks and calls its app", async () => {
  const cli = commandLine();
  await cli.up();
  await cli.json("serve", here("service.ts"), "shop");
  const written = join(cli.home, "client.ts");
  expect(await cli.json("gen", "client", "--output", written)).toMatchObject({
    tasks: ["billing.bill"],
    apps: ["shop"],
  });
  const [, ...text] = readFileSync(written, "utf8").split("\n");
  const [, ...committed] = readFileSync(here("appenv-client.ts"), "utf8").split("\n");
  expect(text).toEqual(committed);
  expect((await cli.node(here("main.ts"))).stdout).toBe("order 1: kettle, open\n29 EUR, due 2026-12-31\n");
  expect((await cli.node(here("same-repository.ts"))).stdout).toBe("29 EUR\n");

  await cli.json("gen", "client", "--output", written, "--task", "billing");
  expect(readFileSync(written, "utf8")).not.toContain("AppClient");
  const current = await cli.run("gen", "client", "--output", written, "--check", "--json");
  expect([current.code, JSON.parse(current.stderr).error.code]).toEqual([1, "OUT_OF_DATE"]);
  const unknown = await cli.run("gen", "client", "--output", written, "--task", "biling", "--json");
  expect(JSON.parse(unknown.stderr).error.message).toContain("biling");
});

/** Never called: the compiler reads it. */
export async function wrong(): Promise<void> {
  const client = new TaskClient<typeof service>();
  // @ts-expect-error There is no such task.
  await tasks.run("billing.bil", { items: [] });
  // @ts-expect-error Inputs are required.
  await tasks.run("billing.bill");
  // @ts-expect-error A name is a text.
  await tasks.call("billing.bill", { items: [{ name: 1, cents: 2 }] });
  // @ts-expect-error A path needs the values of its placeholders.
  await shop.request("GET /orders/{id}");
  // @ts-expect-error There is no such operation.
  await shop.request("PUT /orders", { body: {} });
  // @ts-expect-error Inputs are required here too.
  await client.call("billing.bill", {});
  // @ts-expect-error An answer has only the fields of its schema.
  await client.call("billing.bill", { items: [] }).then(({ total }) => total);
}

test("a path without a value for its placeholder is refused before anything is sent", async () => {
  const request = shop.request("GET /orders/{id}", { path: {} as { id: number } });
  await expect(request).rejects.toSatisfy((error) => AppEnvError.is(error, "INVALID_INPUT"));
});
