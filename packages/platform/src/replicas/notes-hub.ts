import { isolated, type CallCount, type Noted } from "@appenv/core/internal";
import type { TokenCaller } from "../secrets/tokens/answer-tokens.ts";
import type { Mask } from "../secrets/mask.ts";
import { isDelivery } from "./read-delivery.ts";
import type { ReplicaProcess } from "./replica-process.ts";

/** Called with the observations of a process, which is known by the identity that it has towards apps. */
export type NotedListener = (from: TokenCaller, noted: Noted) => void;

/** Longest name that is taken, in characters. */
const longestName = 300;

/** The observations that replicas and workers send with their load, for whoever keeps them. */
export class NotesHub {
  /** Called with all observations. */
  readonly listeners: Set<NotedListener> = new Set();

  /** Takes the observations of a process until it ends. */
  follow(process: ReplicaProcess, from: TokenCaller): void {
    process.on("message", (message) => {
      if (message.type !== "noted") return;
      const noted = masked(readNoted(message.noted), process.mask);
      for (const listener of this.listeners)
        isolated("The observations of a process could not be kept", () => listener(from, noted));
    });
  }
}

/** Code of a user shares the channel with the runtime, so they may be anything. */
function readNoted(noted: unknown): Noted {
  const { keys, calls, deliveries } = (typeof noted === "object" && noted !== null ? noted : {}) as Record<
    string,
    unknown
  >;
  return {
    keys: listOf(keys).filter(isHash),
    calls: listOf(calls).filter(isCallCount),
    deliveries: listOf(deliveries).filter(isDelivery),
  };
}

/** Words about a delivery may repeat what it held. */
function masked(noted: Noted, mask: Mask | undefined): Noted {
  if (mask === undefined) return noted;
  return { ...noted, deliveries: noted.deliveries.map((each) => ({ ...each, reason: mask(each.reason) })) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function isCallCount(value: unknown): value is CallCount {
  const { task, kind, name, calls, failures } = (value ?? {}) as Partial<Record<keyof CallCount, unknown>>;
  const isTarget = (kind === "app" || kind === "task") && isName(name);
  return isTarget && (task === undefined || isName(task)) && isCount(calls) && isCount(failures);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length <= longestName;
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
