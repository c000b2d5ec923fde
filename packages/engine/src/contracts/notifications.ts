import type { NotificationRule } from "@appenv/core";
import type { RunId } from "@appenv/protocol";

type Delivery = NotificationRule["delivery"];
type Phase = NotificationRule["on"][number];

/** A notification of a run that has ended, as a snapshot. */
export interface NotificationRecord {
  /** The same whenever it is sent again. */
  readonly id: string;
  readonly kind: Delivery["kind"];
  /** The scheme and the host of a webhook, or the first recipient; a secret is named and not told. */
  readonly destination: string;
  readonly phase: Phase;
  /** `failed` is final: it is not sent again. */
  readonly state: "pending" | "delivered" | "failed";
  /** The number of times that it was sent, or tried. */
  readonly attempts: number;
  /** The reason why the last attempt failed; empty if it did not. */
  readonly error: string;
  readonly createdAt: Date;
  /** The time of the next attempt, while it is pending. */
  readonly nextAt: Date | undefined;
  /** The time of its delivery, or of its last attempt. */
  readonly endedAt: Date | undefined;
}

/** A notification as it is sent. */
export interface OutgoingNotification extends Pick<NotificationRecord, "id" | "phase" | "createdAt"> {
  readonly run: RunId;
  /** Templates, not filled in yet. */
  readonly delivery: Delivery;
  /** The error of the run; empty if it succeeded. */
  readonly error: string;
}

/** The end of an attempt to send a notification. Its reason holds no secret. */
export type SendResult =
  | { readonly delivered: true }
  | {
      readonly delivered: false;
      readonly reason: string;
      /** True if another attempt would fail as well. Default false. */
      readonly final?: boolean;
      /** The time that the receiver asks for before the next attempt, in milliseconds. */
      readonly retryAfterMs?: number;
    };

/** Sends notifications. */
export interface NotificationSender {
  /** Sends one, once. `signal` ends it: it took too long, or the engine closes. */
  send(notification: OutgoingNotification, signal: AbortSignal): Promise<SendResult>;
}
