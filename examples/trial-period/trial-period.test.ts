import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("tasks.ts", import.meta.url);

interface Action {
  readonly task: string;
  readonly kind: string;
  readonly phase: string;
  readonly until?: string;
}

test("a trial sleeps through a kill of the platform, and no mail is sent twice", async () => {
  const cli = commandLine();
  const first = await cli.up();
  await cli.json("run", file, "trial", "--customer", "ada", "--day", "0.4s", "--name", "ada", "--detach");
  await cli.json("run", file, "trial", "--customer", "bob", "--name", "bob", "--detach");
  await cli.json(
    "run",
    file,
    "mail",
    "--to",
    "cy",
    "--text",
    "Hello",
    "--delay",
    "3 days",
    "--name",
    "later",
    "--detach",
  );
  const actions = (run: string): Promise<Action[]> => cli.json<Action[]>("get", "action", run);
  const sleeping = async (): Promise<Action | undefined> =>
    (await actions("bob")).find(({ kind, phase }) => kind === "sleep" && phase === "RUNNING");
  await expect.poll(sleeping).toMatchObject({ until: expect.stringMatching(/Z$/) });
  const before = [await sleeping(), await cli.json("get", "run", "later")];
  await first.kill();
  const second = await cli.up();
  expect([await sleeping(), { ...(before[1] as object), url: undefined }]).toEqual([
    before[0],
    { ...(await cli.json<object>("get", "run", "later")), url: undefined },
  ]);
  expect(second.pid).not.toBe(first.pid);

  await expect.poll(() => cli.json("get", "run", "ada")).toMatchObject({ phase: "SUCCEEDED" });
  const { output } = await cli.json<{ output: { begun: string; ended: string } }>("get", "io", "ada");
  expect(Date.parse(output.ended) - Date.parse(output.begun)).toBeGreaterThanOrEqual(14 * 400);
  const done = (await actions("ada")).map(({ task, phase }) => `${task.replace("trial-period.", "")} ${phase}`);
  const [mail, sleep] = ["mail SUCCEEDED", "sleep SUCCEEDED"];
  const recorded = ["now SUCCEEDED", "random SUCCEEDED"];
  expect(done).toEqual(["trial SUCCEEDED", ...recorded, mail, sleep, mail, sleep, mail, sleep, mail, "now SUCCEEDED"]);
});
