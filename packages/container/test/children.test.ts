import { ActionsService, ActionPhaseNumber } from "@appenv/protocol/tasks";
import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import { expect, onTestFinished, test } from "vitest";
import { Children } from "../src/task/children.ts";

const parent = { project: "p", domain: "d", run: "r", action: "a0" };

test("a stream that is cut between two messages, or ends in time, is opened again", async () => {
  const cuts = [
    new ConnectError("protocol error: missing EndStreamResponse", Code.InvalidArgument),
    new ConnectError("the operation timed out", Code.DeadlineExceeded),
  ];
  const transport = createRouterTransport(({ service }) =>
    service(ActionsService, {
      async *watchForUpdates() {
        yield { message: { case: "controlMessage", value: { sentinel: true } } };
        const cut = cuts.shift();
        if (cut !== undefined) throw cut;
        const child = { actionId: { name: "c1", run: { name: "r" } }, phase: ActionPhaseNumber.SUCCEEDED };
        yield { message: { case: "actionUpdate", value: child } };
      },
    }),
  );
  const children = new Children(createClient(ActionsService, transport), parent);
  onTestFinished(() => children.close());
  await children.open();
  expect(await children.end("c1")).toMatchObject({ phase: ActionPhaseNumber.SUCCEEDED });
});
