import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("tasks.ts", import.meta.url);

interface Action {
  readonly task: string;
  readonly phase: string;
  readonly attempts: number;
}

test("a rate is asked for again and then kept, news that take long are left out, and what cannot succeed is not tried again", async () => {
  const cli = commandLine();
  await cli.up();
  const convert = (name: string, ...more: string[]): Promise<unknown> =>
    cli.json("run", file, "convert", "--amount", "100", "--name", name, ...more);
  const actions = async (run: string): Promise<string[]> =>
    (await cli.json<Action[]>("get", "action", run)).map(
      ({ task, phase, attempts }) => `${task.replace("retries-cache-limits.", "")} ${phase} ${attempts}`,
    );
  expect(await convert("first", "--currency", "usd")).toMatchObject({ output: "110 usd, nothing new" });
  expect(await actions("first")).toEqual(["convert SUCCEEDED 1", "rate SUCCEEDED 2", "news SUCCEEDED 1"]);
  expect(await convert("second", "--currency", "usd", "--seconds", "60")).toMatchObject({
    output: "110 usd",
  });
  expect(await actions("second")).toEqual(["convert SUCCEEDED 1", "rate SUCCEEDED 0", "news TIMED_OUT 2"]);
  expect(await cli.json("get", "action", "second", "rate")).toMatchObject({ cache: "hit" });
  await convert("third", "--currency", "usd", "--overwrite-cache");
  expect(await actions("third")).toContain("rate SUCCEEDED 2");
  const failed = await cli.run("run", file, "convert", "--amount", "1", "--currency", "gbp", "--name", "fourth");
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("NonRetryableError: The bank has no gbp") });
  expect(await actions("fourth")).toEqual(["convert FAILED 1", "rate FAILED 1"]);
  const { stdout } = await cli.run("get", "action", "fourth", "rate");
  expect(stdout).toMatch(/^failure: +NonRetryableError: The bank has no gbp \(tasks\.ts:\d+:\d+\)$/m);
});
