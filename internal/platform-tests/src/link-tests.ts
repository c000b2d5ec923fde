import { signal, signalText, type Run } from "@appenv/client/tasks";
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
  return postForm(link, { value });
}

function postForm(link: string, fields: Record<string, string>): Promise<Response> {
  return fetch(link, { method: "POST", body: new URLSearchParams(fields) });
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
    expect(page.headers.get("referrer-policy")).toBe("same-origin");
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

  whenLinked?.("a link's form takes an answer of fields, and shows it again with its mistake", async () => {
    const started = await runShop(shared, "refund");
    const link = await linkOf(started);
    const page = await fetch(link);
    const html = await page.text();
    const names = [...html.matchAll(/name="(value[^"]*)"/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(
      new Set(["approve", "amount", "way", "comment", "address/city"].map((name) => `value/${name}`)),
    );
    expect(html).not.toContain("<script");
    const wrong = {
      "value/approve": "true",
      "value/amount": "900",
      "value/comment": "<b>late</b>",
      "value/address/city": "Kiel",
    };
    const refused = await postForm(link, wrong);
    const again = await refused.text();
    expect([refused.status, again.includes("amount must be 500 or less, but is 900.")]).toEqual([422, true]);
    expect(again).toContain("&lt;b&gt;late&lt;/b&gt;");
    expect(again).not.toContain("<b>late");
    expect(/name="value\/amount"[^>]*aria-invalid="true"/.test(again)).toBe(true);
    expect((await postForm(link, { ...wrong, "value/amount": "90" })).status).toBe(200);
    expect(await started.outputs()).toBe("true 90 by bank to Kiel: <b>late</b>");
  });

  whenLinked?.("a link takes an answer as JSON, and says in JSON what is wrong with it", async () => {
    const started = await runShop(shared, "refund");
    const link = await linkOf(started);
    const headers = { "content-type": "application/json" };
    const asked = await (await fetch(link, { headers })).json();
    expect(asked).toMatchObject({ name: "refund", example: { approve: true, amount: 1, address: { city: "text" } } });
    const send = (body: string): Promise<Response> => fetch(link, { method: "POST", headers, body });
    const refused = await send('{"approve": true, "amount": 5, "address": {}}');
    expect([refused.status, refused.headers.get("content-type")]).toEqual([422, "application/problem+json"]);
    expect(await refused.json()).toMatchObject({ code: "INVALID_INPUT", detail: "address.city is missing." });
    expect((await send("{")).status).toBe(422);
    const whole = { approve: false, amount: 5, way: "voucher", comment: " no ", address: { city: "Bonn" } };
    expect((await send(JSON.stringify(whole))).status).toBe(200);
    expect(await (await send(JSON.stringify(whole))).json()).toMatchObject({ code: "CONDITION_NOT_WAITING" });
    expect(await started.outputs()).toBe("false 5 by voucher to Bonn: no");
  });

  whenLinked?.("an answer of fields is signalled from code, and is in the values of its action", async () => {
    const started = await runShop(shared, "refund");
    const answer = { approve: true, amount: 5, address: { city: "Ulm" } };
    await linkOf(started);
    const wrong = signal(started, "refund", { ...answer, approve: "yes" }, shared.at);
    await expect(wrong).rejects.toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining("approve") });
    const asked = (await started.actions()).find(({ kind }) => kind === "condition");
    const waiting = await started.waitingCondition(asked?.name ?? "");
    expect(waiting).toMatchObject({ name: "refund", prompt: "Refund it?", link: await linkOf(started) });
    expect(await signalText(started.name, "refund", JSON.stringify(answer), shared.at)).toBe("given");
    expect(await started.outputs()).toBe("true 5 by bank to Ulm: none");
    expect((await started.values(asked?.name)).output).toEqual(answer);
    await expect(started.waitingCondition(asked?.name ?? "")).rejects.toMatchObject({ code: "CONDITION_NOT_WAITING" });
  });

  const whenUnlinked = hasLinks ? undefined : test;
  whenUnlinked?.("a condition that asks for an object is refused", async () => {
    const error = await (await runShop(shared, "refund")).wait().catch((reason: Error) => reason);
    expect(String(error)).toMatch(/no (links|conditions whose `schema`)/);
  });

  whenUnlinked?.("a link that answers a condition is refused", async () => {
    const error = await (await runShop(shared, "quote")).wait().catch((reason: Error) => reason);
    expect(String(error)).toContain("no links");
  });
}
