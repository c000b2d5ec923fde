import type { LogPositionMessage } from "@appenv/protocol";
import type { Failure } from "../../../api/failure.ts";
import type { LogEntry } from "../../../parts/logs/log-lines.ts";

/** The oldest lines of replicas. */
export type LogPositions = readonly Pick<LogPositionMessage, "replica" | "at" | "lines">[];

/** Older lines with a text in them. */
export interface FoundLines {
  readonly text: string;
  readonly lines: readonly LogEntry[];
  /** The places from which the search goes on. */
  readonly next: LogPositions;
  readonly isMore: boolean;
}

/** Nothing was searched for yet. */
export const noneFound: FoundLines = { text: "", lines: [], next: [], isMore: true };

/** A log as far as it is there. */
export interface AppLogState {
  readonly lines: readonly LogEntry[];
  readonly ended: boolean;
  readonly failure: Failure | undefined;
  /** True if there may be lines before these. */
  readonly isMore: boolean;
  /** Older lines that were searched for. */
  readonly found: FoundLines;
  /** True if the newest lines are not among the lines. */
  readonly detached: boolean;
}

/** A log of which nothing is known yet. */
export const noLog: AppLogState = {
  lines: [],
  ended: false,
  failure: undefined,
  isMore: false,
  found: noneFound,
  detached: false,
};
