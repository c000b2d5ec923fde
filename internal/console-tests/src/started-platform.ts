import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A platform in a process of its own. */
export interface StartedPlatform {
  readonly endpoint: string;
  /** Kills it without a word. */
  kill(): Promise<void>;
  /** Ends it. */
  close(): Promise<void>;
}

const program = fileURLToPath(new URL("platform-process.ts", import.meta.url));

/** Starts a platform. @param port - 0: any. */
export async function startPlatformProcess(
  home: string,
  port = 0,
  rules: "open" | "token" = "open",
): Promise<StartedPlatform> {
  const child = spawn(process.execPath, [program, home, String(port), rules], { stdio: ["ignore", "pipe", "inherit"] });
  const [endpoint] = (await once(createInterface(child.stdout), "line")) as [string];
  return { endpoint, kill: () => end(child, "SIGKILL"), close: () => end(child, "SIGTERM") };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
