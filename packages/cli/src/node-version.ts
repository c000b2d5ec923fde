/** The oldest Node.js that runs AppEnv. */
export const oldestNode = "22.19";

/** Tells whether a version of Node.js runs AppEnv. @param version - Such as `24.1.0`. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode.split(".").map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
