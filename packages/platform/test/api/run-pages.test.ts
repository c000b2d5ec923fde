import { fromBinary } from "@bufbuild/protobuf";
import { fromLiteral, LiteralSchema } from "@appenv/protocol/tasks";
import { describe, expect, test } from "vitest";
import { send } from "../support/api.ts";
import { action, startTaskApi, type TaskApiFixture } from "../support/task-api.ts";

const evil = `"><script>alert('1')</script>&`;
const runPath = "/v2/domain/development/project/flytesnacks/runs";

function post(api: TaskApiFixture, path: string, body = "", headers: Record<string, string> = {}) {
  return send(`${api.endpoint}${path}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: api.endpoint, ...headers },
    body,
  });
}

const asks = (type: "boolean" | "integer" | "float" | "string") =>
  ({ name: "ok", prompt: evil, markdown: false, type, description: undefined, timeoutMs: undefined }) as const;

describe("pages of runs", () => {
  test("the list leads to the run, the run to its actions, an action to its log", async () => {
    const api = await startTaskApi();
    const id = await api.start("r1");
    const at = new Date("2030-01-01T00:00:00Z");
    const error = { kind: "USER", code: "TypeError", message: evil, stack: "secret", retryable: true } as const;
    const attempt = {
      attempt: 1,
      phase: "FAILED",
      queuedAt: at,
      startedAt: at,
      endedAt: new Date(+at + 90_000),
      error,
    } as const;
    api.engine.add(action("r1", "b1"), { name: evil, group: evil, progress: { done: 1, total: 4, message: evil } });
    api.engine.add(action("r1", "c1"), { kind: "trace", name: "load", parent: "b1" });
    api.engine.change(id, { phase: "FAILED", startedAt: at, endedAt: attempt.endedAt, error, attempts: [attempt] });
    api.actionLogs.write(id, 1, +at, "stdout", `line ${evil}`);
    const list = await send(`${api.endpoint}/v2/runs`);
    expect(list.body).toContain(`<a href="${runPath}/r1">r1</a>`);
    const run = await send(`${api.endpoint}${runPath}/r1`);
    for (const text of [
      "FAILED",
      "1 min 30 s",
      "25 %",
      "trace load",
      `${runPath}/r1/actions/c1`,
      "&quot;x&quot;: 1",
      'class="d2"',
    ]) {
      expect(run.body).toContain(text);
    }
    const page = await send(`${api.endpoint}${runPath}/r1/actions/a0`);
    expect(page.body).toContain(`${runPath}/r1/actions/a0/logs/1`);
    const log = await send(`${api.endpoint}${runPath}/r1/actions/a0/logs/1`);
    expect(log.body).toContain("line &quot;&gt;&lt;script&gt;");
    for (const { status, body } of [list, run, page, log]) {
      expect(status).toBe(200);
      expect(body).not.toContain("<script");
      expect(body).not.toContain("secret");
    }
    expect(run.headers["content-security-policy"]).toMatch(/default-src 'none'; .*frame-ancestors 'none'/);
    expect(run.body).not.toContain("http-equiv");
  });

  test("a report is shown in a frame without rights", async () => {
    const api = await startTaskApi();
    const id = await api.start("r1");
    const path = `${runPath}/r1/actions/a0`;
    expect((await send(`${api.endpoint}${path}/report`)).status).toBe(404);
    api.engine.setReport(id, "<script>report</script>");
    expect((await send(`${api.endpoint}${path}`)).body).toContain(
      `<iframe sandbox="allow-scripts" src="${path}/report"`,
    );
    const report = await send(`${api.endpoint}${path}/report`);
    expect(report.body).toBe("<script>report</script>");
    expect(report.headers["content-security-policy"]).toMatch(
      /^sandbox allow-scripts; default-src 'none'.*frame-ancestors 'self'$/,
    );
  });

  test("older runs are on the next page, and a run that does not exist is not found", async () => {
    const api = await startTaskApi();
    for (let index = 0; index < 101; index += 1) await api.start(`r${index}`);
    const { body } = await send(`${api.endpoint}/v2/runs`);
    const [, link = ""] = /href="(\/v2\/runs\?token=[^"]+)"/.exec(body) ?? [];
    expect((await send(`${api.endpoint}${link}`)).body).toContain(">r0</a>");
    for (const path of [
      "/none",
      "/r1/actions/b9",
      "/r1/actions/a0/logs",
      "/r1/x/y",
      "/%zz",
      "/r1/actions/a0/report/1",
    ]) {
      expect([path, (await send(`${api.endpoint}${runPath}${path}`)).status]).toEqual([path, 404]);
    }
  });
});

describe("forms", () => {
  test("abort a run and an action, and lead back", async () => {
    const api = await startTaskApi();
    await api.start("r1");
    api.engine.add(action("r1", "b1"));
    expect((await send(`${api.endpoint}${runPath}/r1`)).body).toContain(
      `<form method="post" action="${runPath}/r1/abort">`,
    );
    const one = await post(api, `${runPath}/r1/actions/b1/abort`);
    expect([one.status, one.headers.location]).toEqual([303, `${runPath}/r1/actions/b1`]);
    const all = await post(api, `${runPath}/r1/abort`);
    expect([all.status, all.headers.location]).toEqual([303, `${runPath}/r1`]);
    expect(api.engine.aborted.map(({ id }) => id.action)).toEqual(["b1", "a0"]);
    expect((await send(`${api.endpoint}${runPath}/r1`)).body).not.toContain("<form");
  });

  test.each([
    ["boolean", "maybe", "true", true],
    ["integer", "1.5", "42", 42],
    ["float", "", "1.5", 1.5],
    ["string", undefined, "a & b", "a & b"],
  ] as const)("answer a condition that asks for a %s", async (type, wrong, text, value) => {
    const api = await startTaskApi();
    await api.start("r1");
    api.engine.add(action("r1", "c1"), { kind: "condition", name: "ok", phase: "PAUSED", condition: asks(type) });
    const path = `${runPath}/r1/actions/c1`;
    const page = await send(`${api.endpoint}${path}`);
    expect(page.body).toContain("&quot;&gt;&lt;script&gt;");
    expect(page.body).not.toContain("http-equiv");
    const answer = (given: string) => post(api, `${path}/signal`, new URLSearchParams({ value: given }).toString());
    const refused = wrong === undefined ? 400 : (await answer(wrong)).status;
    expect(refused).toBe(400);
    expect((await answer(text)).status).toBe(303);
    const sent = fromBinary(LiteralSchema, api.engine.signals[0]?.value ?? new Uint8Array());
    expect(fromLiteral({ kind: type }, sent)).toBe(value);
    expect((await answer(text)).status).toBe(400);
  });

  test("are taken from this platform's own pages only", async () => {
    const api = await startTaskApi();
    await api.start("r1");
    const path = `${runPath}/r1/abort`;
    for (const origin of ["https://evil.example", "null", "http://localhost:1"]) {
      expect((await post(api, path, "", { origin })).status).toBe(403);
    }
    expect((await send(`${api.endpoint}${path}`, { method: "POST" })).status).toBe(403);
    expect((await post(api, path, "", { host: "evil.example", origin: "http://evil.example" })).status).toBe(403);
    expect((await send(`${api.endpoint}${path}`)).status).toBe(404);
    expect(api.engine.aborted).toEqual([]);
    expect((await post(api, path, "x".repeat(100_000))).status).toBe(400);
    expect((await post(api, `${runPath}/none/abort`)).status).toBe(404);
  });
});
