import { once } from "node:events";
import { Agent, get, request, type IncomingMessage } from "node:http";
import { text as readText } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { AppDefinition } from "@appenv/protocol";
import type { AppSnapshot, RevisionWeight } from "../../../src/apps/contract.ts";
import { id, server, startApps, type AppsFixture } from "../../support/apps.ts";

/** Answers with its version; `/fails` with 500, `/crash` by ending. */
function version(name: string): string {
  return server(`(request, response) => {
    if (request.url === "/crash") process.exit(7);
    response.statusCode = request.url === "/fails" && ${JSON.stringify(name)} !== "v1" ? 500 : 200;
    response.end(${JSON.stringify(name)});
  }`);
}

type Policy = NonNullable<AppDefinition["traffic"]>;

const cookie: Policy = { latest: 50, sticky: "cookie" };
const none: Policy = { latest: 50, sticky: "none" };

async function deploy(apps: AppsFixture, name: string, traffic?: Policy): Promise<AppSnapshot> {
  const { revision } = await apps.controller.apply(
    id,
    apps.define(version(name), traffic === undefined ? {} : { traffic }),
  );
  return apps.until(id, (app) => app.revision === revision && app.phase !== "DEPLOYING");
}

/** Counts the answers of each version. Each request comes over a connection of its own: one that is open may end where it began. */
async function answers(endpoint: string, count: number, path = "/"): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let index = 0; index < count; index += 1) {
    const text = await ask(`${endpoint}${path}`);
    counts[text] = (counts[text] ?? 0) + 1;
  }
  return counts;
}

async function ask(url: string): Promise<string> {
  const [response] = (await once(get(url, { agent: false }), "response")) as [IncomingMessage];
  return (await response.toArray()).join("");
}

function settled(apps: AppsFixture): Promise<AppSnapshot> {
  return apps.until(id, ({ phase }) => phase !== "DEPLOYING");
}

/** Posts to an app. Gives what went wrong, if anything did. */
async function post(url: string, agent: Agent): Promise<string | undefined> {
  const sent = request(url, { method: "POST", agent }).end("x");
  try {
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const body = await readText(response);
    return response.statusCode === 200 ? undefined : `${response.statusCode} ${body}`;
  } catch (error) {
    return String(error);
  }
}

describe("traffic between revisions", () => {
  it("a new revision gets its weight beside the old one, then all, then none", async () => {
    await using apps = await startApps();
    const { endpoint } = await deploy(apps, "v1");
    const shared = await deploy(apps, "v2", none);
    expect(shared).toMatchObject({ phase: "ACTIVE", revision: 2, endpoint });
    expect(shared.message).toBe("Revision 2 gets 50 % of the requests, revision 1 50 %.");
    const both = await answers(endpoint, 100);
    expect(both["v1"]).toBeGreaterThan(10);
    expect(both["v2"]).toBeGreaterThan(10);
    const [next] = apps.controller.revisions(id);
    expect(await answers(next?.endpoint ?? "", 3)).toEqual({ v2: 3 });

    await apps.controller.setTraffic(id, [{ revision: 2, weight: 100 }]);
    expect(await settled(apps)).toMatchObject({ phase: "ACTIVE", message: "Revision 2 is serving." });
    expect(await answers(endpoint, 20)).toEqual({ v2: 20 });

    await apps.controller.setTraffic(id, [{ revision: 1, weight: 100 }]);
    expect(await settled(apps)).toMatchObject({ phase: "ACTIVE", revision: 1 });
    expect(await answers(endpoint, 20)).toEqual({ v1: 20 });
    expect(await deploy(apps, "v3")).toMatchObject({ revision: 3 });
    expect(await answers(endpoint, 5)).toEqual({ v3: 5 });
  });

  it("no request fails while weights change under load", async () => {
    await using apps = await startApps();
    const { endpoint } = await deploy(apps, "v1");
    await deploy(apps, "v2", { latest: 10, sticky: "none" });
    const failures: string[] = [];
    let running = true;
    const client = async (): Promise<void> => {
      // A connection of its own is never idle for long: one that is idle for a second may be closed in a drain.
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      while (running) {
        const failure = await post(endpoint, agent);
        if (failure !== undefined) failures.push(failure);
      }
      agent.destroy();
    };
    const clients = Array.from({ length: 16 }, client);
    for (const weight of [90, 0, 50, 100, 20]) {
      const weights = [
        { revision: 2, weight },
        { revision: 1, weight: 100 - weight },
      ];
      await apps.controller.setTraffic(id, weights);
      expect(await settled(apps)).toMatchObject({ phase: "ACTIVE" });
    }
    running = false;
    await Promise.all(clients);
    expect(failures).toEqual([]);
  });

  it("a revision of weight 0 is reached at its own endpoint only", async () => {
    await using apps = await startApps();
    const { endpoint } = await deploy(apps, "v1");
    await deploy(apps, "v2", { latest: 0, sticky: "cookie" });
    expect(await answers(endpoint, 30)).toEqual({ v1: 30 });
    expect((await fetch(endpoint)).headers.get("appenv-revision")).toBeNull();
    expect(await answers(apps.controller.revisions(id)[0]?.endpoint ?? "", 1)).toEqual({ v2: 1 });
  });

  it("a revision that cannot start gets nothing, and the old one keeps everything", async () => {
    await using apps = await startApps();
    const { endpoint } = await deploy(apps, "v1");
    const broken = apps.define(`throw new Error("out of luck");`, { traffic: cookie });
    await apps.controller.apply(id, broken);
    const app = await settled(apps);
    expect(app.phase).toBe("FAILED");
    expect(app.failure?.message).toContain("out of luck");
    expect(app.message).toContain("Revision 1 goes on serving.");
    expect(await answers(endpoint, 20)).toEqual({ v1: 20 });
    expect(app.replicas.filter(({ revision }) => revision === 2)).toEqual([]);
  });

  it("weights outlive the platform, and both revisions wake from zero", async () => {
    await using apps = await startApps();
    await deploy(apps, "v1");
    const { endpoint } = await deploy(apps, "v2", none);
    await apps.restart();
    expect(apps.controller.get(id)).toMatchObject({ readyReplicas: 0, phase: "ACTIVE", revision: 2 });
    const both = await answers(endpoint, 60);
    expect(Object.keys(both).toSorted()).toEqual(["v1", "v2"]);
    expect(apps.controller.revisions(id).map(({ weight }) => weight)).toEqual([50, 50]);
  });

  it("goes back by itself when the new revision fails too often", async () => {
    await using apps = await startApps();
    const { endpoint } = await deploy(apps, "v1");
    const rollback = { errorRate: 0.2, minRequests: 10, windowMs: 60_000, watchMs: 600_000 };
    await deploy(apps, "v2", { ...none, rollback });
    const back = apps.until(
      id,
      ({ message, failure }) => failure?.code === "ROLLED_BACK" && message.endsWith("serving."),
    );
    let isBack = false;
    void back.then(() => (isBack = true));
    while (!isBack) await answers(endpoint, 5, "/fails");
    const app = await back;
    expect(app.failure?.message).toMatch(/^Revision 2 was taken out: \d+ of its last \d+ requests failed/);
    expect(await answers(endpoint, 20, "/fails")).toEqual({ v1: 20 });
    expect(apps.lines.join("\n")).toContain("[ROLLED_BACK] Revision 2");
  });

  it("goes back after a rollout to everybody too, and a crash counts", async () => {
    await using apps = await startApps();
    const { endpoint } = await deploy(apps, "v1");
    // The answer before the crash may be counted by then or not: one of two, or all.
    const rollback = { errorRate: 0.4, minRequests: 1, windowMs: 60_000, watchMs: 600_000 };
    await deploy(apps, "v2", { latest: 100, sticky: "cookie", rollback });
    expect(await answers(endpoint, 1)).toEqual({ v2: 1 });
    await fetch(`${endpoint}/crash`).catch(() => {});
    await apps.until(id, ({ phase, revision }) => phase === "ACTIVE" && revision === 1);
    expect(await answers(endpoint, 5)).toEqual({ v1: 5 });
  });

  it("refuses weights that are not 100 together, and revisions that are not kept", async () => {
    await using apps = await startApps();
    await deploy(apps, "v1");
    const refused = async (weights: RevisionWeight[], reason: string): Promise<void> =>
      await expect(apps.controller.setTraffic(id, weights)).rejects.toThrow(reason);
    await refused([{ revision: 1, weight: 90 }], "together 100");
    await refused([], "together 100");
    const twice = { revision: 1, weight: 50 };
    await refused([twice, twice], "together 100");
    await refused([{ revision: 7, weight: 100 }], "There is no revision 7; kept are 1.");
    await apps.controller.stop(id);
    await refused([{ revision: 1, weight: 100 }], "does not serve");
  });
});
