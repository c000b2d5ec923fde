import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connectInspector, type Inspector } from "./inspector.ts";
import type { SoakedPlatform } from "./platform.ts";

/** Counts of a platform's resources, by kind: `descriptor socket`, `listeners`, `timer Timeout`. */
export type Census = Readonly<Record<string, number>>;

/** Counts everything a platform has. */
export async function census(platform: SoakedPlatform): Promise<Census> {
  // Before the inspector is connected: its connection is no descriptor of interest.
  const outside = { ...descriptors(platform.pid), processes: processesBelow(platform.pid) };
  const inspector = await connectInspector(platform.inspector);
  try {
    return { ...outside, ...(await inside(inspector)) };
  } finally {
    await inspector.close();
  }
}

/** The number of descriptors of a process, by kind. */
export function descriptors(pid: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    const kind = kindOf(`/proc/${pid}/fd/${descriptor}`);
    if (kind !== undefined) counts[`descriptor ${kind}`] = (counts[`descriptor ${kind}`] ?? 0) + 1;
  }
  return counts;
}

function kindOf(link: string): string | undefined {
  try {
    const target = readlinkSync(link);
    return /^(socket|pipe|anon_inode)/.exec(target)?.[1] ?? "file";
  } catch {
    // Closed meanwhile.
    return undefined;
  }
}

/** The number of descendants of a process. */
function processesBelow(root: number): number {
  const parents = new Map<number, number>();
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      parents.set(pid, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === root || isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow).length;
}

/** Counts the objects that `queryObjects` finds: all instances in the heap, after a collection of garbage. */
const counters = {
  "EventEmitter.prototype": `function () {
    let listeners = 0, emitters = 0;
    for (const emitter of this) {
      try {
        const names = emitter.eventNames();
        emitters += 1;
        for (const name of names) listeners += emitter.listenerCount(name);
      } catch {}
    }
    return { emitters, listeners };
  }`,
  "Set.prototype": `function () {
    let callbacks = 0;
    for (const set of this) {
      try { for (const value of set) if (typeof value === "function") callbacks += 1; } catch {}
    }
    return { "callbacks in sets": callbacks };
  }`,
};

async function inside(inspector: Inspector): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [prototype, count] of Object.entries(counters)) {
    Object.assign(counts, await countObjects(inspector, prototype, count));
  }
  const resources = await evaluate<string[]>(inspector, "process.getActiveResourcesInfo()");
  for (const resource of resources) counts[`active ${resource}`] = (counts[`active ${resource}`] ?? 0) + 1;
  const bytes = await evaluate<number>(inspector, "process.memoryUsage().heapUsed");
  return { ...counts, "heap MiB": Math.round(bytes / 2 ** 18) / 4 };
}

async function countObjects(inspector: Inspector, prototype: string, count: string): Promise<object> {
  const expression = prototype.replace("EventEmitter", "process.getBuiltinModule('node:events').EventEmitter");
  const evaluated = await inspector.call<{ result: { objectId: string } }>("Runtime.evaluate", {
    expression,
    objectGroup: "census",
  });
  const { objects } = await inspector.call<{ objects: { objectId: string } }>("Runtime.queryObjects", {
    prototypeObjectId: evaluated.result.objectId,
    objectGroup: "census",
  });
  const called = await inspector.call<{ result: { value: object } }>("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration: count,
    returnByValue: true,
  });
  await inspector.call("Runtime.releaseObjectGroup", { objectGroup: "census" });
  return called.result.value;
}

async function evaluate<T>(inspector: Inspector, expression: string): Promise<T> {
  const { result } = await inspector.call<{ result: { value: T } }>("Runtime.evaluate", {
    expression,
    returnByValue: true,
  });
  return result.value;
}
