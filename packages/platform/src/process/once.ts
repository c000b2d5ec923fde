/** A thing that is made when it is first asked for. */
export interface Once<T> {
  /** If making it failed, the next who asks tries again. */
  readonly get: () => Promise<T>;
  /** Undefined as long as nobody has asked. */
  readonly made: Promise<T> | undefined;
}

/** Makes a thing when it is first asked for. */
export function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined;
  return {
    get made() {
      return made;
    },
    get: () => {
      made ??= make().catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return made;
    },
  };
}
