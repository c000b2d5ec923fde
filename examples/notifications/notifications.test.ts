import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

interface Shown {
  readonly notifications?: readonly { readonly state: string; readonly destination: string; readonly error: string }[];
}

test("the receiver hears how runs end, and the command line how it was told", async () => {
  const cli = commandLine();
  await cli.up();
  const secret = async (name: string, value: string): Promise<void> => {
    const file = join(cli.home, "value.txt");
    writeFileSync(file, value);
    await cli.json("create", "secret", name, "--from-file", file);
  };
  await secret("alerts-token", "test-alerts-token");
  const { endpoint } = await cli.json<{ endpoint: string }>("serve", new URL("receiver.ts", import.meta.url), "env");
  await secret("alerts-url", `${endpoint}/alerts`);

  const tasks = new URL("tasks.ts", import.meta.url);
  await cli.json("run", tasks, "load", "--rows", "3", "--name", "monday", "--detach");
  const monday = (await (await fetch(`${endpoint}/alerts/monday`)).json()) as object;
  expect(monday).toMatchObject({
    phase: "SUCCEEDED",
    error: "",
    page: expect.stringMatching(/\/runs\/monday$/) as string,
  });
  await cli.json("run", tasks, "load", "--rows", "0", "--name", "tuesday", "--detach");
  const tuesday = (await (await fetch(`${endpoint}/alerts/tuesday`)).json()) as object;
  expect(tuesday).toMatchObject({ phase: "FAILED", error: "The file has no rows." });

  const shown = (): Promise<Shown> => cli.json<Shown>("get", "run", "monday");
  await expect.poll(shown).toMatchObject({ notifications: [{ state: "delivered" }] });
  const [notification] = (await shown()).notifications ?? [];
  expect(notification).toMatchObject({ destination: "{{.Secret.alerts-url}}", error: "" });
  expect(JSON.stringify(await shown())).not.toContain("test-alerts-token");
  expect((await fetch(`${endpoint}/alerts`, { method: "POST" })).status).toBe(401);
});
