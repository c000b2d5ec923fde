/** A line of a chart. */
export interface Line<T> {
  readonly name: string;
  /** The name of a custom property. */
  readonly colour: string;
  /** Reads its value at a point; undefined leaves a gap. */
  readonly read: (point: T) => number | undefined;
}
