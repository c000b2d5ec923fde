import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { appLog } from "../../../api/clients.ts";
import { readFailure } from "../../../api/failure.ts";
import { withOlder, type LogEntry } from "../../../parts/logs/log-lines.ts";
import type { Name } from "../../../route/names.ts";
import { readLine } from "./log-messages.ts";
import { noneFound, type AppLogState, type LogPositions } from "./app-log-state.ts";

const pageLines = 1_000;

/** Reads a page of lines before those that are there. @param text - A part of them; empty: any. */
export async function loadOlder(app: Name, now: () => AppLogState, text: string): Promise<Partial<AppLogState>> {
  const { lines, found } = now();
  const goesOn = text !== "" && found.text === text;
  try {
    const before = goesOn ? found.next : positionsOf(lines);
    const { lines: read, next } = await appLog.readLog({ app, before: [...before], limit: pageLines, text });
    const older = read.map(readLine);
    const isMore = next.length > 0;
    if (text !== "") return { found: { text, lines: withOlder(goesOn ? found.lines : [], older), next, isMore } };
    // Lines may have come at the end meanwhile.
    const { lines: latest } = now();
    const all = withOlder(latest, older);
    return { isMore, lines: all, detached: all.length < latest.length + older.length, found: noneFound };
  } catch (error) {
    return { failure: readFailure(error) };
  }
}

/** The oldest line of each replica that is there. */
function positionsOf(lines: readonly LogEntry[]): LogPositions {
  const oldest = new Map<string, { readonly at: number; readonly lines: number }>();
  for (const { source, at = 0 } of lines) {
    const known = oldest.get(source);
    if (known === undefined || known.at === at) oldest.set(source, { at, lines: (known?.lines ?? 0) + 1 });
  }
  return [...oldest].map(([replica, { at, lines: count }]) => {
    return { replica, at: timestampFromMs(at), lines: count };
  });
}
