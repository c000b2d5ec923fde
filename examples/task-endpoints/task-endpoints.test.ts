import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("a task is started, waited for, followed and aborted over HTTP", async () => {
  const { endpoint, run } = await serveExample(new URL("app.ts", import.meta.url), "env");
  const start = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${endpoint}/reports`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const output = { title: "All that happened in 2026-01", pages: 12 };

  const waited = await start({ month: "2026-01-01", seconds: 0 }, { prefer: "wait=50" });
  expect(await waited.json()).toMatchObject({ phase: "SUCCEEDED", done: true, output });
  expect([waited.status, waited.headers.get("preference-applied")]).toEqual([200, "wait=50"]);
  expect((await start({ month: "2026-01-01", seconds: 600 }, { prefer: "respond-async, wait=1" })).status).toBe(202);

  const key = { "idempotency-key": "january" };
  const accepted = await start({ month: "2026-01-01", seconds: 3 }, key);
  const location = accepted.headers.get("location") ?? "";
  expect([accepted.status, location]).toEqual([202, expect.stringMatching(/^\/reports\/[a-z0-9]+$/)]);
  expect((await start({ month: "2026-01-01", seconds: 3 }, key)).headers.get("location")).toBe(location);
  const conflict = await start({ month: "2026-02-01", seconds: 3 }, key);
  expect([conflict.status, conflict.headers.get("content-type")]).toEqual([409, "application/problem+json"]);
  const stream = await fetch(`${endpoint}${location}`, { headers: { accept: "text/event-stream" } });
  expect(stream.headers.get("content-type")).toBe("text/event-stream");
  const events = (await stream.text()).split("\n\n").filter((event) => event.startsWith("event: phase\ndata: "));
  const phases = events.map((event) => JSON.parse(event.slice("event: phase\ndata: ".length)) as { phase: string });
  expect(phases.length).toBeGreaterThan(1);
  expect(phases.at(-1)).toMatchObject({ phase: "SUCCEEDED", output });
  expect(await (await fetch(`${endpoint}${location}`)).json()).toMatchObject({ done: true, output });

  const long = await start({ month: "2026-01-01", seconds: 600 });
  const place = `${endpoint}${long.headers.get("location")}`;
  expect((await fetch(place, { method: "DELETE" })).status).toBe(204);
  const phaseOf = async (): Promise<unknown> => (await fetch(place)).json();
  await expect.poll(phaseOf).toMatchObject({ phase: "ABORTED", error: { code: "ABORTED" } });

  const wrong = await start({ month: "January", seconds: "many" });
  expect([wrong.status, await wrong.json()]).toMatchObject([
    400,
    { code: "INVALID_INPUT", issues: [{ path: "seconds" }] },
  ]);
  expect(await (await start({ month: "January" })).json()).toMatchObject({ status: 400, issues: [{ path: "month" }] });
  expect((await fetch(`${endpoint}/reports/nothing`)).status).toBe(404);
  expect((await fetch(`${endpoint}/reports`)).status).toBe(405);
  expect(JSON.parse(await run("get", "run", "--json"))).toHaveLength(4);

  const { paths } = (await (await fetch(`${endpoint}/openapi.json`)).json()) as { paths: Record<string, object> };
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(["/reports", "/reports/{run}"]));
  expect(paths["/reports"]).toMatchObject({ post: { responses: { 200: {}, 202: {}, 409: {} } } });
});
