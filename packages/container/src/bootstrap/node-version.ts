/** The reason why a Node cannot run uploaded code, with the remedy; undefined if it can. @param version - Such as `22.19.0`. */
export function tooOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return undefined;
  return `The image has Node ${version}, but 22.19 or newer is needed: name another one in the option \`image\`.`;
}
