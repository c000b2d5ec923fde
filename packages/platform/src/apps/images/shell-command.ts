/**
 * The words of a command that runs a container's program on a port of this machine's choice. A container has its port to
 * itself, so programs state it as a word of their own, or at the end of one; here it is replaced by the env var `PORT`.
 * Flyte's Python SDK takes it for an app that runs outside of its container from variables of its own.
 *
 * @param port - The port in the container.
 */
export function shellCommand(words: readonly string[], port: number): readonly string[] {
  const inPort = new RegExp(`(^|[:=])${port}$`);
  const quoted = words.map((word) => {
    const found = inPort.exec(word);
    return found === null ? quote(word) : `${quote(word.slice(0, -String(port).length))}"$PORT"`;
  });
  const native = '_F_APPLE_SILICON_ON_HOST=1 _F_APPLE_SILICON_HOST_PORT="$PORT"';
  return ["/bin/sh", "-c", `export ${native}; exec ${quoted.join(" ")}`];
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
