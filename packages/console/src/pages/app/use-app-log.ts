import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  LogLineOriginator,
  type AppLogLineMessage,
  type LogPositionMessage,
  type TailLogsResponse,
} from "@appenv/protocol";
import { appLog, appLogs } from "../../api/clients.ts";
import { readFailure, type Failure } from "../../api/failure.ts";
import { follow } from "../../live/follow.ts";
import { most, withLines, withOlder, type LogEntry } from "../../parts/logs/log-lines.ts";
import type { OlderLines } from "../../parts/logs/log-view.tsx";
import { withoutColours } from "../../parts/text.tsx";
import { msOf } from "../../parts/time.tsx";
import type { Name } from "../../route/names.ts";

interface State {
  readonly lines: readonly LogEntry[];
  readonly ended: boolean;
  readonly failure: Failure | undefined;
  readonly older: OlderLines["state"];
  /** Older lines that were searched for, and the places of that search. */
  readonly found: { readonly text: string; readonly lines: readonly LogEntry[]; readonly next: Positions };
  /** True if the newest lines are not among the lines. */
  readonly detached: boolean;
}

type Positions = readonly Pick<LogPositionMessage, "replica" | "at" | "lines">[];

const nothingFound: State["found"] = { text: "", lines: [], next: [] };
const none: State = {
  lines: [],
  ended: false,
  failure: undefined,
  older: "none",
  found: nothingFound,
  detached: false,
};
const pageLines = 1_000;

/** The log of all replicas of an app while it is shown: live, with older lines in pages, and never more than fits. */
export function useAppLog(app: Name): Omit<State, "older" | "found"> & { readonly older: OlderLines } {
  const state = useSignal<State>(none);
  const again = useSignal(0);
  const loading = useRef(false);
  useEffect(
    () =>
      followLog(
        app,
        () => state.value,
        (part) => (state.value = { ...state.value, ...part }),
      ),
    [again.value],
  );
  const load = async (text: string): Promise<void> => {
    if (loading.current) return;
    loading.current = true;
    state.value = { ...state.value, older: "loading" };
    state.value = { ...state.value, ...(await loadOlder(app, state.value, text)) };
    loading.current = false;
  };
  const { older, found, ...rest } = state.value;
  const toNewest = rest.detached ? () => void (again.value += 1) : undefined;
  return { ...rest, older: { state: older, load: (text) => void load(text), found: found.lines, toNewest } };
}

/** Lines that the tail begins with; if it has fewer, there are no older ones. */
const tailLines = 1_000;

function followLog(app: Name, now: () => State, set: (part: Partial<State>) => void): () => void {
  let added: readonly LogEntry[] = [];
  let isNew = true;
  let hasBegun = false;
  let frame = 0;
  const show = (): void => {
    frame = 0;
    const before = isNew ? none : now();
    const lines = withLines(before.lines, added);
    const isCut = lines.length < before.lines.length + added.length;
    const isMore = isCut || (hasBegun && lines.length >= tailLines);
    hasBegun = false;
    added = [];
    // Without the newest lines, none can be added after them.
    if (before.detached) return;
    set(isNew ? { ...none, lines, older: isMore ? "more" : "none" } : { lines, ...(isMore ? { older: "more" } : {}) });
    isNew = false;
  };
  const stop = follow<TailLogsResponse>({
    open: (signal) => appLogs.tailLogs({ target: { case: "appId", value: app } }, { signal }),
    // It begins with the lines that are there: they take the place of the old ones as soon as they come.
    onOpen: () => ([added, isNew] = [[], true]),
    onMessage: (message) => {
      if (message.resp.case !== "batches") return;
      added = [...added, ...readBatches(message)].slice(-most.lines);
      hasBegun ||= message.resp.value.logs.length === 0;
      frame ||= requestAnimationFrame(show);
    },
    onEnd: () => set({ ended: true }),
    onFailure: (failure) => set({ ended: true, failure }),
  });
  return () => {
    stop();
    cancelAnimationFrame(frame);
  };
}

async function loadOlder(app: Name, { lines, found }: State, text: string): Promise<Partial<State>> {
  const goesOn = text !== "" && found.text === text;
  try {
    const before = goesOn ? found.next : positionsOf(lines);
    const answer = await appLog.readLog({ app, before: [...before], limit: pageLines, text });
    const read = answer.lines.map(readLine);
    const older = answer.next.length === 0 ? "none" : "more";
    if (text !== "") {
      const all = withOlder(goesOn ? found.lines : [], read);
      return { older, found: { text, lines: all, next: answer.next } };
    }
    const all = withOlder(lines, read);
    return { older, lines: all, detached: all.length < lines.length + read.length, found: nothingFound };
  } catch (error) {
    return { older: "more", failure: readFailure(error) };
  }
}

/** The oldest line of each replica that is there. */
function positionsOf(lines: readonly LogEntry[]): Positions {
  const oldest = new Map<string, { readonly at: number; readonly lines: number }>();
  for (const { source, at = 0 } of lines) {
    const known = oldest.get(source);
    if (known === undefined || known.at === at) oldest.set(source, { at, lines: (known?.lines ?? 0) + 1 });
  }
  return [...oldest].map(([replica, { at, lines: count }]) => {
    return { replica, at: timestampFromMs(at), lines: count };
  });
}

function readBatches({ resp }: TailLogsResponse): readonly LogEntry[] {
  if (resp.case !== "batches") return [];
  return resp.value.logs.flatMap(({ replicaId, structuredLines }) =>
    structuredLines.map(({ timestamp, message, originator }) => ({
      at: msOf(timestamp),
      text: withoutColours(message.replace(/\r?\n$/, "")),
      isPlatform: originator === LogLineOriginator.SYSTEM,
      source: replicaId?.name ?? "",
    })),
  );
}

function readLine({ at, message, replica, stream }: AppLogLineMessage): LogEntry {
  return { at: msOf(at), text: withoutColours(message), isPlatform: stream === "platform", source: replica };
}
