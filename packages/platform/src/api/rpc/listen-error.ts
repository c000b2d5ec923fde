import { AppEnvError } from "@appenv/core";
import { fetchWithin } from "@appenv/core/internal";

/** Why the API could not listen, as an error that names who has the port if that is another platform. */
export async function listenError(error: unknown, host: string, port: number): Promise<AppEnvError> {
  const { code } = error as NodeJS.ErrnoException;
  const cause = { cause: error };
  if (code === "EADDRINUSE") {
    return new AppEnvError("PORT_IN_USE", `Port ${port} on ${host} is in use by ${await holderOf(port)}.`, cause);
  }
  if (code === "EACCES") {
    return new AppEnvError("PORT_IN_USE", `Port ${port} on ${host} may not be used by this user.`, {
      ...cause,
      fix: "Choose a port above 1023 with `--port`.",
    });
  }
  return new AppEnvError("INVALID_OPTION", `The platform cannot listen on ${host}: ${String(error)}`, {
    ...cause,
    fix: "Set `host` to an address of this machine, for example 127.0.0.1.",
  });
}

async function holderOf(port: number): Promise<string> {
  try {
    const response = await fetchWithin(`http://localhost:${port}/healthz`, {}, { bytes: 64 * 1024, ms: 500 });
    const { platform, home, pid } = (await response.json()) as Record<string, unknown>;
    if (platform === "appenv") return `the platform of ${String(home)} (process ${String(pid)})`;
  } catch {
    // Something that is no platform.
  }
  return "another process";
}
