import { listEvents, rerun, run, send, signalText, Task, type Run } from "@appenv/client/tasks";
import { expect, test } from "vitest";
import type { PlatformAbilities } from "./control-plane.ts";
import { loadShop } from "./shop.ts";
import type { Started } from "./started.ts";
import { codeOf, whenAble } from "./when-able.ts";

/** Starts a run of one of the shop's tasks. */
export async function runShop(
  { at }: Started,
  name: string,
  inputs: object = {},
  options: Parameters<typeof run>[2] = {},
): Promise<Run> {
  const { tasks } = await loadShop();
  const task = tasks.get(name);
  if (task === undefined) throw new Error(`the shop has no task ${name}`);
  return run(task, inputs, { ...at, ...options });
}

async function linesOf(started: Run, follow: boolean): Promise<string> {
  let text = "";
  for await (const line of started.logs({ follow })) text += `${line.text}\n`;
  return text;
}

/** Runs: their outcome, what they wrote, what they asked for, and their end. */
export function runTests(shared: Started, abilities: PlatformAbilities): void {
  test("a run gives its output, its inputs, its phases and its log", async () => {
    const started = await runShop(shared, "add", { x: 41 }, { labels: { team: "shop" } });
    const following = linesOf(started, true);
    const phases: string[] = [];
    for await (const phase of started.watch()) phases.push(phase);
    expect([await started.wait(), await started.outputs()]).toEqual(["SUCCEEDED", 42]);
    expect([await started.inputs(), phases.at(-1)]).toEqual([{ x: 41, y: 1 }, "SUCCEEDED"]);
    expect(await following).toContain("adding 41 and 1");
    expect(await linesOf(started, false)).toContain("adding 41 and 1");
  });

  test("the actions of a run are its tasks and traces, with their names and parents", async () => {
    const started = await runShop(shared, "total", { xs: [1, 2] });
    expect(await started.outputs()).toBe(7);
    const actions = await started.actions();
    const told = actions.map(({ kind, task, parent, phase }) => [kind, task, parent, phase].join(" "));
    expect(told.toSorted()).toEqual([
      "task shop.add a0 SUCCEEDED",
      "task shop.add a0 SUCCEEDED",
      "task shop.total  SUCCEEDED",
      "trace measured a0 SUCCEEDED",
    ]);
    const child = actions.find(({ task }) => task === "shop.add");
    expect((await started.values(child?.name)).output).toBeTypeOf("number");
  });

  test("a task that sleeps and is tried again is given the same time and chance, and does not sleep again", async () => {
    const started = await runShop(shared, "nap");
    const given = (await started.outputs()) as readonly string[];
    expect(given).toEqual([expect.stringMatching(/Z$/), expect.stringMatching(/^0\./), expect.stringMatching(/-4/)]);
    const below = (await started.actions()).filter(({ parent }) => parent === "a0");
    const told = below.map(({ kind, task, until, phase }) => `${kind} ${task} ${until === undefined} ${phase}`);
    const [nap, others] = [told.filter((each) => /sleep/.test(each)), told.filter((each) => !/sleep/.test(each))];
    expect(others.toSorted()).toEqual(["mark", "now", "random", "uuid"].map((name) => `trace ${name} true SUCCEEDED`));
    expect(nap).toHaveLength(2);
    expect(nap.every((each) => each === "sleep sleep false SUCCEEDED")).toBe(abilities.showsSleeps);
  });

  test("a task writes a stream and says how far it is, where somebody can hear it", async () => {
    const started = await runShop(shared, "cry");
    const offers = await whenAble(abilities.hasStreams, async () => {
      const heard: unknown[] = [];
      for await (const { value } of started.stream("offers")) heard.push(value);
      return heard;
    });
    expect(await started.outputs()).toBe(abilities.hasStreams ? "heard" : "UNSUPPORTED");
    const progress = await whenAble(abilities.hasStreams, () => started.progress());
    const said = { action: "a0", progress: { done: 1, total: 2, message: "crying" }, metadata: { voice: "loud" } };
    expect([offers, progress]).toEqual(abilities.hasStreams ? [["pears", "plums"], [said]] : [undefined, undefined]);
  });

  test("a run is started later and may expire, where that is possible", async () => {
    const later = await whenAble(abilities.schedules, () =>
      runShop(shared, "add", { x: 1 }, { delay: "1h", ttl: "1m" }),
    );
    const soon = await whenAble(abilities.schedules, () => runShop(shared, "add", { x: 1 }, { delay: "20ms" }));
    const at = later?.scheduledAt?.getTime() ?? 0;
    expect(at > Date.now() + 3_500_000).toBe(abilities.schedules);
    expect((await later?.abort(), await later?.wait({ throws: false }))).toBe(later && "ABORTED");
    expect(await soon?.outputs()).toBe(soon && 2);
    expect(await codeOf(runShop(shared, "add", { x: 1 }, { delay: 1, at: new Date() }))).toMatch(/INVALID|UNSUPPORTED/);
  });

  const whenSent = abilities.hasEvents ? test : undefined;
  whenSent?.(
    "an event goes to the run that waits for it, from a task and from outside, typed and as JSON",
    async () => {
      const waiting = [await runShop(shared, "order", { id: "1" }), await runShop(shared, "order", { id: "2" })];
      for (const started of waiting) {
        for await (const actions of started.watchActions()) if (actions.some(({ kind }) => kind === "event")) break;
      }
      await (await runShop(shared, "pay", { id: "1" })).wait();
      const sent = { amount: 5, at: "1970-01-01T00:00:01.000Z" };
      expect(await send("order-paid", sent, { ...shared.at, key: "2" })).toMatchObject({ delivered: 1 });
      expect(await Promise.all(waiting.map((started) => started.outputs()))).toEqual([
        "12 at 1970-01-01T00:00:00.000Z",
        "5 at 1970-01-01T00:00:01.000Z",
      ]);
      const told = (await waiting[0]?.actions())?.map(({ kind, task, phase }) => `${kind} ${task} ${phase}`);
      expect(told).toEqual(["task shop.order SUCCEEDED", "event order-paid (1) SUCCEEDED"]);
      // A task that runs again has sent it once.
      expect((await listEvents({ ...shared.at, name: "order-paid" })).map(({ key }) => key)).toEqual(["2", "1"]);
    },
  );

  const whenNotSent = abilities.hasEvents ? undefined : test;
  whenNotSent?.("events are refused, by the client and in a run", async () => {
    expect(await codeOf(send("order-paid", null, shared.at))).toBe("UNSUPPORTED");
    const error = await (await runShop(shared, "order", { id: "1" })).wait().catch((reason: Error) => reason);
    expect(String(error)).toContain("no events");
  });

  test("a deployed task is called by its name: as a child in a run, as a run outside", async () => {
    const started = await runShop(shared, "lookUp", { x: 1 });
    expect(await started.outputs()).toBe(2 + 11);
    const children = (await started.actions()).filter(({ parent }) => parent === "a0");
    expect(children.map(({ task, group }) => `${task} ${group}`).toSorted()).toEqual(["shop.add ", "shop.add tens"]);
    expect(await (await Task.get("shop.add", shared.at)).call({ x: 2 })).toBe(3);
  });

  test("the error of a task is the cause of the run's", async () => {
    const started = await runShop(shared, "boom");
    const error = await started.wait().catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: "TASK_FAILED", cause: { name: "TypeError", message: expect.any(String) } });
    expect(String(error)).toContain("out of range");
    expect([started.phase, started.failure?.code]).toEqual(["FAILED", "TypeError"]);
  });

  test("a run is aborted, with the reason", async () => {
    const started = await runShop(shared, "endless");
    for await (const { text } of started.logs({ follow: true })) if (text.includes("waiting for the end")) break;
    await started.abort("no longer needed");
    const error = await started.wait().catch((reason: Error) => reason);
    expect(String(error)).toContain("no longer needed");
    expect(started.phase).toBe("ABORTED");
  });

  test("a condition waits for its value, which must be of its type", async () => {
    const started = await runShop(shared, "ask");
    for await (const actions of started.watchActions()) {
      if (actions.some(({ kind, phase }) => kind === "condition" && phase === "PAUSED")) break;
    }
    expect(await codeOf(signalText(started.name, "approve", "perhaps", shared.at))).toBe("INVALID_INPUT");
    expect(await signalText(started.name, "approve", "yes", shared.at)).toBe("given");
    expect(await started.outputs()).toBe("approved");
    const asked = (await started.actions()).find(({ kind }) => kind === "condition");
    expect([asked?.task, (await started.values(asked?.name)).output]).toEqual(["approve", true]);
    const { answeredBy } = await started.action(asked?.name ?? "");
    expect(answeredBy !== undefined).toBe(abilities.hasLinks);
  });

  test("a signal may come before its condition, where it is kept", async () => {
    const started = await runShop(shared, "endless");
    const early = () => signalText(started.name, "approve", "true", shared.at);
    expect(await whenAble(abilities.keepsSignals, early, "NOT_FOUND")).toBe(
      abilities.keepsSignals ? "kept" : undefined,
    );
    await started.abort();
  });

  test("a run is started again with other inputs; what succeeded is kept where that is possible", async () => {
    const before = await runShop(shared, "add", { x: 1, y: 2 });
    expect(await before.outputs()).toBe(3);
    const again = await rerun(before.name, { ...shared.at, inputs: { x: 5 } });
    expect([await again.outputs(), again.name === before.name]).toEqual([7, false]);
    const recovered = await whenAble(abilities.recovers, () => rerun(before.name, { ...shared.at, recover: true }));
    expect(await recovered?.outputs()).toBe(abilities.recovers ? 3 : undefined);
  });

  test("a run runs again from an action with other inputs, where what came before is kept", async () => {
    const before = await runShop(shared, "total", { xs: [1, 2] });
    expect(await before.outputs()).toBe(7);
    const from = "add#2";
    const again = await whenAble(abilities.recovers, () => rerun(before, { ...shared.at, from, inputs: { x: 10 } }));
    if (again === undefined) return;
    expect(await again.outputs()).toBe(15);
    const phases = (await again.actions()).map(({ task, phase }) => `${task} ${phase}`);
    expect(phases.slice(1).toSorted()).toEqual(["measured RECOVERED", "shop.add RECOVERED", "shop.add SUCCEEDED"]);
    expect(await codeOf(rerun(before, { ...shared.at, from: "nothing" }))).toBe("NOT_FOUND");
    expect(await codeOf(rerun(before, { ...shared.at, from: "add" }))).toBe("INVALID_INPUT");
    expect(await codeOf(rerun(before, { ...shared.at, from: "measured", inputs: { xs: [] } }))).toBe("INVALID_INPUT");
  });
}
