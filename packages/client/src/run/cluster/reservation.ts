import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import type { ControlPlane } from "../../control-plane/control-plane.ts";
import { taskApi } from "../api.ts";

/** A key of the backend's cache service, which only one owner has at a time. */
export interface Reserved {
  readonly project: string;
  readonly domain: string;
  readonly key: string;
}

/** A reservation that is held. */
export interface Reservation {
  /** Makes sure that it is still held, before something is done that depends on it. Waits if it was lost. */
  extend(): Promise<void>;
}

/** Interval within which an owner promises to extend its reservation, in milliseconds. It stands at least this long. */
const heartbeatMs = 10_000;
/** Pause before a key is asked for again that somebody else has, in milliseconds. */
const pauseMs = 200;

/**
 * Does something while nobody else does something under the same key. A backend without reservations does without.
 *
 * @param isDone - Tells whether nothing is left to be kept from others: then nobody is waited for, who may be gone.
 * @throws AppEnvError UNREACHABLE, and what the action throws.
 */
export async function withReservation<T>(
  controlPlane: ControlPlane,
  reserved: Reserved,
  isDone: () => Promise<boolean>,
  action: (reservation: Reservation) => Promise<T>,
): Promise<T> {
  const owner = randomUUID();
  let takenAt = performance.now();
  let hasSome = await take(controlPlane, reserved, owner, isDone);
  const extend = async (): Promise<void> => {
    if (!hasSome || performance.now() - takenAt < heartbeatMs / 2) return;
    takenAt = performance.now();
    hasSome = await take(controlPlane, reserved, owner, isDone);
  };
  try {
    return await action({ extend });
  } finally {
    // One that is not released expires.
    if (hasSome) await release(controlPlane, reserved, owner).catch(() => {});
  }
}

/** Resolves when the owner has the key; with false if it is needed no more, or the backend has no reservations. */
async function take(
  controlPlane: ControlPlane,
  reserved: Reserved,
  ownerId: string,
  isDone: () => Promise<boolean>,
): Promise<boolean> {
  const heartbeatInterval = { seconds: BigInt(heartbeatMs / 1_000), nanos: 0 };
  for (;;) {
    try {
      const { reservation } = await taskApi(controlPlane).cache.getOrExtendReservation({
        baseRequest: { key: reserved.key, ownerId, heartbeatInterval },
        identifier: identifierOf(reserved),
      });
      if (reservation === undefined) return false;
      if (reservation.ownerId === ownerId) return true;
    } catch (error) {
      if (AppEnvError.is(error, "UNREACHABLE")) throw error;
      return false;
    }
    if (await isDone()) return false;
    await sleep(pauseMs);
  }
}

async function release(controlPlane: ControlPlane, reserved: Reserved, ownerId: string): Promise<void> {
  await taskApi(controlPlane).cache.releaseReservation({
    baseRequest: { key: reserved.key, ownerId },
    identifier: identifierOf(reserved),
  });
}

function identifierOf({ project, domain }: Reserved): { project: string; domain: string } {
  return { project, domain };
}
