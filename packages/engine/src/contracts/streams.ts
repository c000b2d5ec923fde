/** A stream of a run. */
export interface StreamRecord {
  readonly name: string;
  /** The number of its entries; the next one has this offset. */
  readonly entries: number;
  /** The size of its values as JSON, in bytes. */
  readonly bytes: number;
  /** True if nothing follows, unless an action that wrote it runs again. */
  readonly closed: boolean;
}

/** The values of one writer since it began, or began again. A writer is an action, or a trace in one. */
export interface StreamSection {
  /** From 0, unique in its stream. */
  readonly section: number;
  readonly action: string;
  /** The attempt that began it; later ones that write the same go on with it. */
  readonly attempt: number;
  /** The section whose values are void since this one began. */
  readonly replaces: number | undefined;
}

/** Something that was written into a stream, in order. `restart`: its section begins, in place of another one. */
export interface StreamEntry {
  /** From 0. */
  readonly offset: number;
  readonly kind: "value" | "restart" | "close";
  readonly section: StreamSection;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** JSON; empty if it is no value. */
  readonly value: string;
}

/** A part of a stream as its readers get it. */
export interface StreamBatch {
  readonly entries: readonly StreamEntry[];
  /** Set in the last one. `present`: all that was there was read. */
  readonly end: "closed" | "run-ended" | "present" | undefined;
}

/** Options of a reader. */
export interface StreamReadOptions {
  /** The first offset. */
  readonly from: number;
  /** Waits for what is still to be written. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}
