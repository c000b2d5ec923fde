import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import type { ControlPlane } from "./control-plane.ts";

const pausesMs = [100, 200, 500, 1_000];

/** Calls a control plane, and keeps it up meanwhile if it runs in this process. */
export async function held<T>(controlPlane: ControlPlane, action: () => Promise<T>): Promise<T> {
  const release = await controlPlane.hold();
  try {
    return await action();
  } finally {
    release();
  }
}

/** As `held`, for a stream. */
export async function* heldStream<T>(controlPlane: ControlPlane, open: () => AsyncIterable<T>): AsyncGenerator<T> {
  const release = await controlPlane.hold();
  try {
    yield* open();
  } finally {
    release();
  }
}

/** Repeats a call that only reads until the control plane answers, as after a restart of the platform. */
export async function patiently<T>(
  controlPlane: ControlPlane,
  call: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await call();
    } catch (error) {
      if (!AppEnvError.is(error, "UNREACHABLE") || signal?.aborted === true) throw error;
      await sleep(pausesMs[Math.min(failures, pausesMs.length - 1)], undefined, signal === undefined ? {} : { signal });
      await controlPlane.relocate();
    }
  }
}

/** All items of a list that comes in pages, at most `limit`. */
export async function allPages<T>(
  limit: number,
  page: (request: {
    readonly limit: number;
    readonly token: string;
  }) => Promise<{ items: readonly T[]; token: string }>,
): Promise<readonly T[]> {
  const items: T[] = [];
  for (let token = ""; ;) {
    const next = await page({ limit: Math.min(limit - items.length, 100), token });
    items.push(...next.items);
    token = next.token;
    if (token === "" || next.items.length === 0 || items.length >= limit) return items.slice(0, limit);
  }
}
