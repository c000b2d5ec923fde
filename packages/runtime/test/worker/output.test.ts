import { describe, expect, test } from "vitest";
import { FakePlatform } from "./fake-platform.ts";
import { give } from "./results.ts";

describe("output", () => {
  test("lines go to the attempt they come from, also where attempts take turns", async () => {
    const platform = await FakePlatform.start();
    await Promise.all([platform.run("writes", { name: "ann" }), platform.run("writes", { name: "ben" })]);
    for (const [id, name] of [
      [1, "ann"],
      [2, "ben"],
    ] as const) {
      expect(platform.lines(id)).toEqual([
        `${name} 0`,
        `${name} in parts`,
        `${name} 1`,
        `${name} in parts`,
        `${name} 2`,
        `${name} in parts`,
        `! ${name} error`,
        `! warn: careful { name: '${name}', circle: <ref *1> { name: 'circle', self: [Circular *1] } }`,
        `${name} lasts`,
        "two lines",
        `${name} without a break`,
      ]);
    }
    expect(platform.output).not.toContain("ann");
  });

  test("an attempt's lines come before its result", async () => {
    const platform = await FakePlatform.start();
    await platform.run("writes", { name: "ann" });
    const kinds = platform.received.map(({ type }) => type).filter((type) => type === "lines" || type === "results");
    expect(kinds.at(-1)).toBe("results");
  });

  test("progress is thinned out, and the last state is said", async () => {
    const platform = await FakePlatform.start();
    await platform.run("reports");
    const progress = platform.received.filter((message) => message.type === "progress");
    expect(progress.length).toBeLessThan(20);
    expect(progress.at(-1)).toEqual({ type: "progress", attempt: 1, done: 1_000, total: 1_000, message: "step 1000" });
  });

  test("a report is one page of tabs, also while it is written", async () => {
    const platform = await FakePlatform.start();
    const { report = "" } = await platform.run("reports");
    const early = platform.received.find((message) => message.type === "report");
    expect(early?.html).toContain("<main><h1>First</h1></main>");
    expect(report).toContain("<section><h1>First</h1><p>more</p></section>");
    expect(report).toContain("Numbers &amp; &lt;more&gt;</label>");
    expect(report).not.toContain("<script");
    expect((await platform.run("nothing")).report).toBe(undefined);
    expect(await give(platform, "reports_unasked")).toMatch(/^failed INVALID_OPTION: .*without `report`/);
  });
});
