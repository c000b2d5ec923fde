import type { ActionId, RunId } from "@appenv/protocol";
import { pageTokens } from "@appenv-internal/state/page-token";
import type { ActionRecord } from "../contracts/actions.ts";
import type { Listed, Page } from "../contracts/lists.ts";
import type { NotificationRecord } from "../contracts/notifications.ts";
import type { RunCounts, RunFilter, RunRecord } from "../contracts/runs.ts";
import type { StreamBatch, StreamReadOptions, StreamRecord } from "../contracts/streams.ts";
import { phaseOf } from "../store/codes.ts";
import { payloadOf } from "../store/read-action.ts";
import { actionRecord, runRecord } from "../store/read-records.ts";
import { idsPerRun } from "../store/rows.ts";
import type { StreamFeed } from "../streams/stream-feed.ts";
import type { EngineContext } from "./context.ts";
import { findAction, findRun, noSuch, requireAction, requireRun } from "./find.ts";

/** Reads runs, their actions, and what belongs to them, as they are stored. */
export class StoredRuns {
  readonly #context: EngineContext;
  readonly #feed: StreamFeed;

  constructor(context: EngineContext, feed: StreamFeed) {
    this.#context = context;
    this.#feed = feed;
  }

  getRun(id: RunId): RunRecord | undefined {
    const found = findRun(this.#context, id);
    return found && runRecord(this.#context.store, found.scope, found.row);
  }

  getAction(id: ActionId): ActionRecord | undefined {
    const found = findAction(this.#context, id);
    return found && actionRecord(this.#context.store, found.scope, id.run, found.row);
  }

  listRuns(scope: RunFilter, page: Page): Listed<RunRecord> {
    return this.#context.store.runList.list(scope, page);
  }

  countRuns(scope: Pick<RunFilter, "project" | "domain">, from: number, before: number): RunCounts {
    return this.#context.store.runList.count(scope, from, before);
  }

  listActions(run: RunId, page: Page): Listed<ActionRecord> {
    const { store } = this.#context;
    const found = findRun(this.#context, run);
    if (found === undefined) throw noSuch({ ...run, action: "" });
    const id = Number(found.row["id"]);
    const tokens = pageTokens("actions", run);
    const [after = -1] = (tokens.read(page.token) ?? []) as readonly number[];
    const rows = store.actions.ofRun(id, after, page.limit + 1);
    const shown = rows.slice(0, page.limit);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => actionRecord(store, found.scope, run.run, row)),
      token: rows.length > shown.length && last !== undefined ? tokens.write([Number(last["id"])]) : "",
      total: (store.actions.lastOf(id) ?? id * idsPerRun - 1) - id * idsPerRun + 1,
    };
  }

  answeredBy(id: ActionId): string | undefined {
    const found = findAction(this.#context, id);
    return found && this.#context.store.signals.answeredBy(Number(found.row["id"]));
  }

  inputs(id: ActionId): Uint8Array {
    return this.#payload(id, "inputs") ?? new Uint8Array();
  }

  outputs(id: ActionId): Uint8Array | undefined {
    const { row } = requireAction(this.#context, id);
    if (phaseOf(row["phase"]) !== "SUCCEEDED") return undefined;
    return this.#payload(id, "outputs") ?? new Uint8Array();
  }

  report(id: ActionId): string | undefined {
    const { store } = this.#context;
    const found = findAction(this.#context, id);
    const report = found && store.reports.find(Number(found.row["id"]));
    if (report === undefined) return undefined;
    if ("html" in report) return report.html;
    return Buffer.from(store.objects.get({ object: report.object })).toString("utf8");
  }

  metadata(id: ActionId): string | undefined {
    const found = findAction(this.#context, id);
    return found && this.#context.store.metadata.find(Number(found.row["id"]));
  }

  notifications(id: RunId): readonly NotificationRecord[] {
    return this.#context.store.notifications.ofRun(requireRun(this.#context, id));
  }

  streams(id: RunId): readonly StreamRecord[] {
    return this.#context.store.streams.ofRun(requireRun(this.#context, id));
  }

  readStream(id: RunId, name: string, options: StreamReadOptions): AsyncGenerator<StreamBatch> {
    return this.#feed.read(requireRun(this.#context, id), id, name, options);
  }

  #payload(id: ActionId, which: "inputs" | "outputs"): Uint8Array | undefined {
    const payload = payloadOf(requireAction(this.#context, id).row, which);
    return payload && this.#context.store.objects.get(payload);
  }
}
