/** Writes values into a stream of a run: what can be written as JSON. Source: none in Flyte. */
export interface TaskStream<Value = unknown> {
  readonly name: string;
  /**
   * Writes a value. Resolves when there is room for the next: values are on disk once `close` has resolved or the attempt
   * has succeeded, and readers see them from then on. When an action runs again, values that it wrote before in the same
   * order are not written twice; from the first other value on its values begin anew, and readers are told.
   *
   * @throws AppEnvError INVALID_INPUT, STREAM_LIMIT, STREAM_CLOSED, ABORTED, NOT_IN_RUN.
   */
  write(value: Value): Promise<void>;
  /** Writes all values of a source, no faster than they are stored. Resolves when they are on disk. @throws AppEnvError as `write`, and what the source throws. */
  pipe(values: AsyncIterable<Value> | Iterable<Value>): Promise<void>;
  /** Ends it for its readers. Resolves when all of it is on disk. Streams that nobody closes end with their run. */
  close(): Promise<void>;
}
