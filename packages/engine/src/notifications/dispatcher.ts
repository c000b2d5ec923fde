import { unexpected } from "@appenv/core/internal";
import type { NotificationSender, OutgoingNotification, SendResult } from "../contracts/notifications.ts";
import type { EngineContext } from "../live/context.ts";
import type { DueNotification } from "../store/notification-table.ts";
import { waitAfter } from "./schedule.ts";

/** Maximum notifications that are sent at once: in all, and to one destination. */
const mostAtOnce = 16;
const mostPerHost = 4;
/** Time limit of an attempt, in milliseconds. */
const attemptMs = 10_000;
/** Maximum time between two looks at what is due, in milliseconds: the clock may be set meanwhile. */
const longestWaitMs = 60_000;
/** Pause after the disk refused, in milliseconds. */
const diskMs = 10_000;

/**
 * Sends the notifications that are stored, each at least once: what was sent and not noted, because the process was killed in
 * between, is sent again with the same id.
 */
export class NotificationDispatcher {
  readonly #context: EngineContext;
  readonly #sender: NotificationSender;
  readonly #abort = new AbortController();
  /** Notifications that are being sent or noted, with their destinations. */
  readonly #busy: Map<number, string> = new Map();
  readonly #sending: Set<Promise<void>> = new Set();
  #forgetTimer: () => void = () => {};

  constructor(context: EngineContext, sender: NotificationSender) {
    this.#context = context;
    this.#sender = sender;
  }

  /** Sends what is due. */
  wake(): void {
    const { clock, store, closed } = this.#context;
    if (closed) return;
    this.#forgetTimer();
    const now = clock.now();
    for (const notification of this.#pick(now)) this.#start(notification);
    const next = store.notifications.nextAfter(now);
    if (next === undefined) return;
    this.#forgetTimer = this.#context.after(Math.min(next - now, longestWaitMs), () => this.wake());
  }

  /** Ends what is being sent; the next platform sends it again. */
  async close(): Promise<void> {
    this.#forgetTimer();
    this.#abort.abort(new Error("The platform ends."));
    await Promise.all(this.#sending);
  }

  /** As many as have a place, one of each destination in turn. */
  #pick(now: number): readonly DueNotification[] {
    const { notifications } = this.#context.store;
    const queues = notifications.dueHosts(now).map((host) => {
      const busy = [...this.#busy.values()].filter((each) => each === host).length;
      const waiting = notifications.due(host, now, mostPerHost + busy).filter(({ row }) => !this.#busy.has(row));
      return waiting.slice(0, Math.max(mostPerHost - busy, 0));
    });
    const inTurn = Array.from({ length: mostPerHost }, (_, place) => queues.flatMap((queue) => queue[place] ?? []));
    return inTurn.flat().slice(0, Math.max(mostAtOnce - this.#busy.size, 0));
  }

  #start(notification: DueNotification): void {
    this.#busy.set(notification.row, notification.host);
    const sending = this.#sendAndNote(notification).catch((error: unknown) => {
      unexpected("A notification could not be noted", error);
    });
    this.#sending.add(sending);
    void sending.finally(() => this.#sending.delete(sending));
  }

  async #sendAndNote(notification: DueNotification): Promise<void> {
    const result = await this.#attempt(notification);
    if (this.#context.closed) return;
    try {
      await this.#context.store.committer.commit(() => this.#note(notification, result));
    } catch (error) {
      // It is sent again when the disk takes it: too often is better than not.
      this.#context.after(diskMs, () => this.#free(notification));
      throw error;
    }
    this.#free(notification);
  }

  #free({ row }: DueNotification): void {
    this.#busy.delete(row);
    this.wake();
  }

  #note({ row, attempts }: DueNotification, result: SendResult): void {
    const { store, clock } = this.#context;
    const now = clock.now();
    if (result.delivered) return store.notifications.end(row, "delivered", "", now);
    const { reason, final = false, retryAfterMs = 0 } = result;
    const wait = final ? undefined : waitAfter(attempts + 1, retryAfterMs, Math.random());
    if (wait === undefined) store.notifications.end(row, "failed", reason, now);
    else store.notifications.putOff(row, reason, now + wait);
  }

  /** Never rejects. A sender that does not answer in time has failed, whatever it does afterwards. */
  async #attempt(notification: OutgoingNotification): Promise<SendResult> {
    const late = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, late.signal]);
    const ended = new Promise<SendResult>((resolve) => {
      const end = (): void => resolve({ delivered: false, reason: `No answer within ${attemptMs / 1_000} s.` });
      if (signal.aborted) end();
      signal.addEventListener("abort", end, { once: true });
    });
    const forget = this.#context.after(attemptMs, () => late.abort(new Error("It took too long.")));
    const sent = Promise.resolve()
      .then(() => this.#sender.send(notification, signal))
      .catch((error: unknown): SendResult => {
        unexpected("A notification could not be sent", error);
        return { delivered: false, reason: "The platform could not send it; its log says why." };
      });
    try {
      return await Promise.race([sent, ended]);
    } finally {
      forget();
    }
  }
}
