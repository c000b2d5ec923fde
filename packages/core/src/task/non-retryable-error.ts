const brand: unique symbol = Symbol.for("appenv.non-retryable") as never;

/**
 * Thrown by a task for which another attempt would not help: its `retries` are not used. Source: Flyte's
 * `NonRecoverableError`.
 *
 * @example
 * if (response.status === 404) throw new NonRetryableError(`There is no order ${id}.`);
 */
export class NonRetryableError extends Error {
  override name: string = "NonRetryableError";

  /** @param options - `cause`: what led to it. */
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    Object.defineProperty(this, brand, { value: true });
  }

  /** True for one, or for an instance of a derived class, from any copy of the package. */
  static is(error: unknown): error is NonRetryableError {
    return typeof error === "object" && error !== null && brand in error;
  }
}
