/** The unit of a row's numbers: an amount, or none for a ratio. */
export type Unit = "" | "%" | "KiB" | "ms" | "sockets";

/** The numbers of a row, one for each round. */
export interface Figures {
  /** Ratios of ours to theirs, or amounts in `unit`. */
  readonly values: readonly number[];
  /** Default: a ratio. */
  readonly unit?: Unit;
  /** The measured pairs behind the ratios. */
  readonly sides?: Sides;
  /** Share of one processor that other programs used, in the round that they disturbed most. */
  readonly disturbance?: number;
}

/** Both sides of each pair, in the order of measurement. */
export interface Sides {
  readonly unit: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** A number measured along the way: shown, without a goal. */
export interface Extra extends Figures {
  readonly what: string;
  readonly against: string;
}

/** The result of measuring a row. */
export interface Measurement extends Figures {
  readonly also?: readonly Extra[];
}
