import { serveForTest } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { github, webhook } from "../src/index.ts";
import { secret, signers } from "./support/signed.ts";
import { plainApp } from "./support/plain-app.ts";

test("a payload whose check throws is answered 400, like any other that does not fit", async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const env = plainApp();
  const payload = z.object({ url: z.string().refine((text) => new URL(text).protocol === "https:"), rest: z.json() });
  env.mount(webhook(github({ secret: () => secret }), () => ({}), { payload }));
  const { fetch } = await serveForTest(env);
  const nested = "[".repeat(15_000) + "]".repeat(15_000);
  for (const body of ['{"url":"nope","rest":1}', `{"url":"https://a.example","rest":${nested}}`]) {
    const response = await fetch("/webhooks/github", { method: "POST", ...signers.github(body) });
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ code: "INVALID_INPUT" })]);
  }
  vi.restoreAllMocks();
});

test("of a payload that is wrong in many places, 20 are told", async () => {
  const env = plainApp();
  const payload = z.object({ ids: z.array(z.string()) });
  env.mount(webhook(github({ secret: () => secret }), () => ({}), { payload }));
  const { fetch } = await serveForTest(env);
  const body = JSON.stringify({ ids: Array.from({ length: 1000 }, (_, index) => index) });
  const response = await fetch("/webhooks/github", { method: "POST", ...signers.github(body) });
  const { issues } = (await response.json()) as { issues: readonly unknown[] };
  expect([response.status, issues.length]).toEqual([400, 20]);
  expect(issues[19]).toMatchObject({ path: "ids.19" });
});
