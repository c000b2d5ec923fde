import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deployAll, loadEnvironments } from "@appenv/client/internal";
import { signal, Task, type Run } from "@appenv/client/tasks";
import { expect, onTestFinished, test, vi } from "vitest";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { KilledPlatform } from "./platform-process.ts";

const answer = { approve: true, amount: 40, comment: "as\nagreed" };

async function conditionOf(run: Run): Promise<string> {
  let found: string | undefined;
  await expect
    .poll(async () => {
      const actions = await run.actions();
      found = actions.find(({ kind, phase }) => kind === "condition" && phase === "PAUSED")?.name;
      return found;
    })
    .toBeDefined();
  return found ?? "";
}

test(
  "an answer of fields that was accepted just before the platform is killed is the one the task gets",
  { timeout: 120_000 },
  async () => {
    const home = join(tempDirectory(), ".appenv");
    vi.stubEnv("APPENV_HOME", home);
    onTestFinished(() => void vi.unstubAllEnvs());
    const platform = new KilledPlatform(home);
    platform.start();
    await platform.up();
    const file = fileURLToPath(new URL("fixtures/approval-tasks.ts", import.meta.url));
    await deployAll([...(await loadEnvironments(file)).environments.values()]);
    const refund = await Task.get("approval.refund");

    const form = new URLSearchParams({
      "value/approve": "true",
      "value/amount": "40",
      "value/comment": answer.comment,
    });
    const ways: readonly ((run: Run, link: string) => Promise<unknown>)[] = [
      (run) => signal(run.name, "refund", answer),
      (_, link) => fetch(link, { method: "POST", body: form }).then(({ status }) => expect(status).toBe(200)),
    ];
    for (const [index, answerBy] of ways.entries()) {
      const run = await refund.run({});
      const action = await conditionOf(run);
      const link = (await run.waitingCondition(action))?.link ?? "";
      // A question outlives the platform too, with its schema.
      await platform.kill();
      platform.start();
      const endpoint = await platform.up();
      const here = link.replace(/^http:\/\/[^/]+/, endpoint);
      await expect(signal(run.name, "refund", { approve: true, amount: 501 })).rejects.toMatchObject({
        code: "INVALID_INPUT",
      });
      await answerBy(run, here);
      await platform.kill();
      platform.start();
      await platform.up();
      expect(await run.outputs()).toEqual(answer);
      const by = (await run.action(action)).answeredBy;
      expect(by).toMatch(index === 0 ? /:/ : /^link$/);
    }
  },
);
