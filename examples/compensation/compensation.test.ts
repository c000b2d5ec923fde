import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("tasks.ts", import.meta.url);

interface Action {
  readonly task: string;
  readonly phase: string;
}

test("book undoes what it has done, the last step first, when it is aborted or refused", async () => {
  const cli = commandLine();
  await cli.up();
  const actions = async (run: string): Promise<string[]> => {
    const all = await cli.json<Action[]>("get", "action", run);
    return all.map(({ task, phase }) => `${task.replace("compensation.", "")} ${phase}`);
  };
  for (const trip of ["lisbon", "oslo"]) {
    await cli.json("run", file, "book", "--trip", trip, "--name", trip, "--detach");
    await expect.poll(() => actions(trip)).toContain("confirmed PAUSED");
  }
  const before = ["reserve SUCCEEDED", "charge SUCCEEDED"];
  const undone = ["refund SUCCEEDED", "release SUCCEEDED"];

  await cli.json("abort", "run", "lisbon", "--reason", "ill");
  expect(await actions("lisbon")).toEqual(["book ABORTED", ...before, "confirmed ABORTED", ...undone]);

  await cli.json("signal", "oslo", "confirmed", "false");
  await expect.poll(() => actions("oslo")).toEqual(["book FAILED", ...before, "confirmed SUCCEEDED", ...undone]);
});
