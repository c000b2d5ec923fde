import { useEffect } from "preact/hooks";
import { follow, type Feed } from "./follow.ts";

/** Follows a stream while a component is shown. @param key - Another key is another stream. */
export function useFollow<T>(feed: Feed<T> | undefined, key: string): void {
  useEffect(() => (feed === undefined ? undefined : follow(feed)), [key, feed === undefined]);
}
