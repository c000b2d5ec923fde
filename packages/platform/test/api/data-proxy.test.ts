import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Code } from "@connectrpc/connect";
import { errorCodeHeader, LogLineOriginator } from "@appenv/protocol";
import { ArtifactType, toActionIdentifier, toTaskIdentifier } from "@appenv/protocol/tasks";
import { describe, expect, test } from "vitest";
import { send } from "../support/api.ts";
import { taskId } from "../support/fake-tasks.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { action, failure, inputs, projectId, startTaskApi, taking } from "../support/task-api.ts";

const id = { case: "projectId", value: projectId } as const;
const task = { case: "taskId", value: toTaskIdentifier(taskId()) } as const;

describe("UploadInputs", () => {
  test("gives the same URI and hash for the same inputs", async () => {
    const { dataService } = await startTaskApi();
    const [one, same, other] = await Promise.all(
      [1, 1, 2].map((x) => dataService.uploadInputs({ id, task, inputs: inputs(x) })),
    );
    expect(one?.offloadedInputData).toEqual(same?.offloadedInputData);
    expect(one?.offloadedInputData?.inputsHash).not.toBe(other?.offloadedInputData?.inputsHash);
  });

  test("refuses inputs that are too large, and an unknown task", async () => {
    const { dataService } = await startTaskApi();
    const { literals } = inputs(1);
    const large = { literals, context: [{ key: "k", value: "x".repeat(2_000) }] };
    const error = await failure(dataService.uploadInputs({ id, task, inputs: large }));
    expect([error.code, error.metadata.get(errorCodeHeader)]).toEqual([Code.InvalidArgument, "PAYLOAD_TOO_LARGE"]);
    const unknown = { case: "taskId", value: { ...task.value, name: "x.y" } } as const;
    expect((await failure(dataService.uploadInputs({ id, task: unknown, inputs: inputs(1) }))).code).toBe(
      Code.NotFound,
    );
  });
});

describe("TailLogs", () => {
  test("gives the lines that are there, then new ones, and ends with the action", async () => {
    const { dataService, engine, actionLogs, start } = await startTaskApi();
    const run = await start("r1");
    actionLogs.write(run, 1, Date.parse("2030-01-01T00:00:00Z"), "stdout", "one");
    actionLogs.write(run, 1, Date.parse("2030-01-01T00:00:01Z"), "platform", "two");
    const stream = taking((signal) =>
      dataService.tailLogs({ actionId: toActionIdentifier(run), attempt: 1 }, { signal }),
    );
    const lines = async () => (await stream.next()).logs.flatMap((part) => part.lines);
    const first = await lines();
    while (first.length < 2) first.push(...(await lines()));
    expect(first).toMatchObject([
      { message: "one\n", originator: LogLineOriginator.USER, timestamp: { seconds: 1_893_456_000n } },
      { message: "two\n", originator: LogLineOriginator.SYSTEM },
    ]);
    actionLogs.write(run, 1, Date.now(), "stderr", "three");
    expect(await lines()).toMatchObject([{ message: "three\n" }]);
    actionLogs.write(run, 1, Date.now(), "stdout", "last");
    engine.succeed(run);
    expect(await lines()).toMatchObject([{ message: "last\n" }]);
    expect(await stream.isDone()).toBe(true);
    const ended = taking((signal) => dataService.tailLogs({ actionId: toActionIdentifier(run) }, { signal }));
    expect((await ended.next()).logs[0]?.lines).toHaveLength(4);
    expect(await ended.isDone()).toBe(true);
  });

  test("is not found without the action", async () => {
    const { dataService } = await startTaskApi();
    const stream = taking((signal) => dataService.tailLogs({ actionId: toActionIdentifier(action("r1")) }, { signal }));
    expect((await failure(stream.next())).code).toBe(Code.NotFound);
  });
});

function source(actionId: ReturnType<typeof action>) {
  return { case: "actionAttemptId", value: { actionId: toActionIdentifier(actionId), attempt: 1 } } as const;
}

describe("CreateDownloadLink", () => {
  test("leads to a report, which runs in an origin of its own", async () => {
    const { dataService, engine, start } = await startTaskApi();
    const run = await start("r1");
    const request = { artifactType: ArtifactType.REPORT, source: source(run) };
    expect((await failure(dataService.createDownloadLink(request))).code).toBe(Code.NotFound);
    engine.setReport(run, "<h1>Report</h1><script>1</script>");
    const { preSignedUrls } = await dataService.createDownloadLink(request);
    const answer = await send(preSignedUrls?.signedUrl[0] ?? "");
    expect(answer.body).toBe("<h1>Report</h1><script>1</script>");
    expect(answer.headers["content-security-policy"]).toMatch(/^sandbox allow-scripts; default-src 'none'/);
    expect((await send(`${preSignedUrls?.signedUrl[0]}x`)).status).toBe(404);
  });

  test("needs no key, but expires", async () => {
    const { dataService, engine, endpoint, start } = await startTaskApi("0.0.0.0");
    const run = await start("r1");
    engine.setReport(run, "report");
    const foreign = { headers: { host: "box.example:7070" } };
    const link = async (seconds: bigint) =>
      (
        await dataService.createDownloadLink({
          artifactType: ArtifactType.REPORT,
          source: source(run),
          expiresIn: { seconds },
        })
      ).preSignedUrls?.signedUrl[0] ?? "";
    expect((await send(await link(60n), foreign)).status).toBe(200);
    expect((await send(await link(0n), foreign)).status).toBe(404);
    expect((await send(`${endpoint}/nothing`, foreign)).status).toBe(401);
  });

  test("leads to the code of a task", async () => {
    const { dataService } = await startTaskApi();
    const { preSignedUrls } = await dataService.createDownloadLink({
      artifactType: ArtifactType.CODE_BUNDLE,
      source: task,
    });
    const archive = await fetch(preSignedUrls?.signedUrl[0] ?? "");
    const directory = tempDirectory();
    const tar = execFileSync("tar", ["-xvzf", "-", "-C", directory], {
      input: await archive.bytes(),
      encoding: "utf8",
    });
    expect(tar).toBe("tasks.mjs\n");
    expect(readFileSync(join(directory, "tasks.mjs"), "utf8")).toBe("export const tasks = {};");
  });
});
