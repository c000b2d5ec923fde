import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AppId, WatchReplicasResponseSchema } from "@appenv/protocol";
import { sameApp } from "@appenv/protocol/internal";
import type { AppController } from "../../apps/contract.ts";
import { EventQueue } from "../../process/event-queue.ts";
import { throwIfClosing } from "../rpc/errors.ts";
import type { WriteReport } from "./messages.ts";

/** Interval at which the load of replicas is looked at, in milliseconds. */
const lookMs = 1_000;

/** The replicas of an app now, and after every change, until `signal` is aborted. @throws AppEnvError NOT_FOUND also when the app is deleted. */
export async function* watchReplicas(
  controller: AppController,
  id: AppId,
  write: WriteReport,
  signal: AbortSignal,
): AsyncGenerator<MessageInitShape<typeof WatchReplicasResponseSchema>> {
  const changes = new EventQueue<true>();
  const end = (): void => changes.end();
  const unsubscribe = controller.subscribe(({ app }) => {
    if (sameApp(app.id, id) && changes.length === 0) changes.push(true);
  });
  const timer = setInterval(() => changes.length === 0 && changes.push(true), lookMs);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    for (let before = ""; ;) {
      const report = write(await controller.report(id));
      const text = JSON.stringify(report, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
      if (text !== before) yield { report };
      before = text;
      await changes.takeAll();
      if (signal.aborted) return throwIfClosing(signal);
    }
  } finally {
    clearInterval(timer);
    unsubscribe();
    signal.removeEventListener("abort", end);
  }
}
