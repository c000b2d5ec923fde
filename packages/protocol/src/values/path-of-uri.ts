/**
 * The path of a `file:` URI of this machine; anything else as it is. Files travel as paths: tasks open what they are given, and
 * Flyte's Python client opens paths only.
 */
export function pathOfUri(uri: string): string {
  if (!/^file:\/\/(localhost)?\//i.test(uri)) return uri;
  try {
    return decodeURIComponent(new URL(uri).pathname);
  } catch {
    return uri;
  }
}
