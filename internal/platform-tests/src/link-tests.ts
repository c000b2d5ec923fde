import type { Run } from "@appenv/client/tasks";
import { expect, test } from "vitest";
import type { PlatformAbilities } from "./control-plane.ts";
import { runShop } from "./run-tests.ts";
import type { Started } from "./started.ts";

/** The link that a run has written down. */
async function linkOf(run: Run): Promise<string> {
  for await (const { text } of run.logs({ follow: true })) {
    const [, link] = /link: (\S+)/.exec(text) ?? [];
    if (link !== undefined) return link;
  }
  throw new Error("The run ended without a link.");
}

function post(link: string, value: string): Promise<Response> {
  return fetch(link, { method: "POST", body: new URLSearchParams({ value }) });
}

/** Links that answer conditions. */
export function linkTests(shared: Started, { hasLinks }: PlatformAbilities): void {
  const whenLinked = hasLinks ? test : undefined;
  whenLinked?.("a link asks a condition's question, and answers it once", async () => {
    const started = await runShop(shared, "quote");
    const link = await linkOf(started);
    const page = await fetch(link);
    const html = await page.text();
    expect([page.status, html.includes("How &lt;much&gt;?"), html.includes("<script")]).toEqual([200, true, false]);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    // To look at it answers nothing, also with a value.
    expect((await fetch(`${link}?value=5`)).status).toBe(200);
    expect((await fetch(link, { method: "HEAD" })).status).toBe(200);
    expect((await post(link, "much")).status).toBe(422);
    expect((await fetch(link, { method: "DELETE" })).status).toBeGreaterThanOrEqual(400);
    const forged = [
      link.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
      `${link}A`,
      link.replace(/[^/]+$/, "x.y"),
    ];
    expect(await Promise.all(forged.map(async (each) => (await post(each, "5")).status))).toEqual([404, 404, 404]);
    const elsewhere = {
      method: "POST",
      headers: { origin: "https://elsewhere.example" },
      body: new URLSearchParams("value=5"),
    };
    expect((await fetch(link, elsewhere)).status).toBe(403);
    const answers = await Promise.all([post(link, "7"), post(link, "8")]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410]);
    expect([7, 8]).toContain(await started.outputs());
    expect((await fetch(link)).status).toBe(410);
    const asked = (await started.actions()).find(({ kind }) => kind === "condition");
    expect((await started.action(asked?.name ?? "")).answeredBy).toBe("link");
  });

  const whenUnlinked = hasLinks ? undefined : test;
  whenUnlinked?.("a link that answers a condition is refused", async () => {
    const error = await (await runShop(shared, "quote")).wait().catch((reason: Error) => reason);
    expect(String(error)).toContain("no links");
  });
}
