import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import { type AppId, type AppMessage, fromIdentifier, toIdentifier } from "@appenv/protocol";
import { sameApp } from "@appenv/protocol/internal";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { reopening } from "../transport/reopen.ts";
import { findApp } from "./find-app.ts";

/** Time after which a watch that has said nothing is checked, in milliseconds. */
const silentMs = 2_000;

/** An event of a watch. */
export type AppChange =
  | { readonly type: "snapshot" | "update"; readonly app: AppMessage }
  | { readonly type: "deleted" };

/**
 * Follows one app: how it stands now, then every change, until the caller stops or `signal` ends it. A stream that
 * breaks is opened again.
 *
 * @throws AppEnvError NOT_FOUND, UNSUPPORTED and other answers that do not pass.
 */
export function watchApp(controlPlane: ControlPlane, id: AppId, signal: AbortSignal): AsyncGenerator<AppChange> {
  return reopening(
    (ending) => readStream(controlPlane, id, ending),
    () => controlPlane.relocate(),
    signal,
  );
}

async function* readStream(controlPlane: ControlPlane, id: AppId, signal: AbortSignal): AsyncGenerator<AppChange> {
  const request = { target: { case: "appId", value: toIdentifier(id) } } as const;
  for await (const message of afterSilence(controlPlane.apps.watch(request, { signal }), silentMs)) {
    // A watch of an app that is gone says nothing.
    if (message === "silent") {
      if (!controlPlane.embedded && (await findApp(controlPlane, id)) === undefined) yield { type: "deleted" };
      continue;
    }
    const { event } = message;
    const app = event.case === "updateEvent" ? event.value.updatedApp : event.value?.app;
    // Flyte's backend also sends events of apps with this name in other projects and domains.
    if (app === undefined || !isSame(app, id)) continue;
    if (event.case === "deleteEvent") yield { type: "deleted" };
    else yield { type: event.case === "createEvent" ? "snapshot" : "update", app };
  }
}

/** The items of a stream, and before them `silent` if none comes within a time, in milliseconds. */
async function* afterSilence<T>(items: AsyncIterable<T>, ms: number): AsyncGenerator<T | "silent"> {
  const iterator = items[Symbol.asyncIterator]();
  const first = iterator.next();
  first.catch(() => {});
  const timer = new AbortController();
  const silence = sleep(ms, "silent" as const, { signal: timer.signal }).catch(() => "silent" as const);
  if ((await Promise.race([first.catch(() => undefined), silence])) === "silent") yield "silent";
  timer.abort();
  for (let next = await first; next.done !== true; next = await iterator.next()) yield next.value;
}

function isSame(app: AppMessage, id: AppId): boolean {
  return sameApp(fromIdentifier(app.metadata?.id), id);
}

/** A watch of one app that is open from the start, so that nothing which comes after is missed. */
export class AppWatch {
  readonly #id: AppId;
  readonly #stop = new AbortController();
  readonly #changes: AsyncGenerator<AppChange>;
  #next: Promise<IteratorResult<AppChange>>;

  constructor(controlPlane: ControlPlane, id: AppId) {
    this.#id = id;
    this.#changes = watchApp(controlPlane, id, this.#stop.signal);
    this.#next = this.#read();
  }

  /**
   * The app as it stands, which is the first of `next` as well; undefined if nothing comes within this time, in milliseconds, or
   * the watch fails.
   */
  async snapshot(ms: number): Promise<AppMessage | undefined> {
    const change = await Promise.race([this.#next.catch(() => undefined), sleep(ms, undefined, { ref: false })]);
    return change?.value?.type === "snapshot" ? change.value.app : undefined;
  }

  /** The app after the next change. @throws AppEnvError NOT_FOUND if it was deleted, UNREACHABLE. */
  async next(): Promise<AppMessage> {
    const { value: change } = await this.#next;
    this.#next = this.#read();
    if (change === undefined) throw new AppEnvError("UNREACHABLE", `The watch of '${this.#id.name}' ended.`);
    if (change.type === "deleted") {
      throw new AppEnvError("NOT_FOUND", `The app '${this.#id.name}' was deleted meanwhile.`);
    }
    return change.app;
  }

  /** Tells whether no further change comes within this time, in milliseconds. */
  async staysQuiet(ms: number): Promise<boolean> {
    const timer = new AbortController();
    const quiet = sleep(ms, true, { signal: timer.signal }).catch(() => true);
    const came = this.#next.then(
      () => false,
      () => false,
    );
    const result = await Promise.race([quiet, came]);
    timer.abort();
    return result;
  }

  /** Ends it, and what waits for it. */
  stop(): void {
    this.#stop.abort();
  }

  #read(): Promise<IteratorResult<AppChange>> {
    const next = this.#changes.next();
    next.catch(() => {});
    return next;
  }
}

/** An app as it stands; undefined if nothing comes within this time, in milliseconds. */
export async function watchOnce(controlPlane: ControlPlane, id: AppId, ms: number): Promise<AppMessage | undefined> {
  const watch = new AppWatch(controlPlane, id);
  try {
    return await watch.snapshot(ms);
  } finally {
    watch.stop();
  }
}
