import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import { guardProcess } from "./guard-process.ts";
import { listeningPorts } from "./listening-ports.ts";

/** A process that answers on a loopback port. */
export interface Inner {
  readonly port: number;
  /** Asks it to end with SIGTERM, and ends it when it does not. */
  close(): Promise<void>;
}

/** Less than a platform waits for a replica, which could only say that it was not ready. */
const startLimitMs = 55_000;
const stopLimitMs = 10_000;
const lastLines = 10;

/**
 * Starts a process and waits until it accepts connections. If it ends by itself later, this process ends too: an app
 * without its process can answer nothing, and whoever watches us starts both again.
 *
 * @throws AppEnvError START_FAILED with the exit code and the last lines of stderr, START_TIMEOUT after 55 seconds.
 */
export async function connectInner(
  words: readonly string[],
  signal: AbortSignal,
  limitMs: number = startLimitMs,
): Promise<Inner> {
  const port = await freePort();
  const [program = "", ...args] = words;
  // A group of its own: its children are ended with it, and Ctrl-C at a terminal reaches it through us alone.
  const child = spawn(program, args, {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "inherit", "pipe"],
    detached: true,
  });
  const tail = keepTail(child);
  const ended = endOf(child);
  const guard = guardProcess(child.pid);
  void ended.then(() => guard?.kill("SIGKILL"));
  const state = { closing: false };
  const close = (): Promise<void> => {
    state.closing = true;
    return stop(child, ended);
  };
  const early = ended.then((how) => endedEarly(words, how, { port, stderr: tail() }));
  try {
    const failure = await Promise.race([early, untilAccepts({ port, program, limitMs, child: child.pid }, signal)]);
    if (failure !== undefined) throw failure;
  } catch (error) {
    await close();
    throw error;
  }
  void ended.then((how) => (state.closing ? undefined : Promise.reject(startFailed(words, how, tail()))));
  return { port, close };
}

/** A port nobody listens on now. The process binds it itself, so it is free again until then. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

interface Awaited {
  readonly port: number;
  readonly program: string;
  readonly limitMs: number;
  readonly child: number | undefined;
}

async function untilAccepts({ port, program, limitMs, child }: Awaited, signal: AbortSignal): Promise<undefined> {
  const limitAt = performance.now() + limitMs;
  for (let pauseMs = 5; !signal.aborted && performance.now() < limitAt; pauseMs = Math.min(pauseMs * 2, 200)) {
    if (await accepts(port)) return undefined;
    await sleep(pauseMs);
  }
  const elsewhere = listeningPorts(child);
  const instead = elsewhere.length === 0 ? "" : `, but on ${elsewhere.join(" and ")}`;
  throw new AppEnvError(
    "START_TIMEOUT",
    `'${program}' does not listen on port ${port}, the one in its env var PORT, after ${limitMs / 1_000} seconds${instead}.`,
    { fix: "Let it listen there, for example by `app.listen(process.env.PORT)`, on 127.0.0.1 or all addresses." },
  );
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The end of the process, in words. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be run: ${error.message}`));
    child.once("close", (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
    );
  });
}

/** A program that ends in peace has mostly forgotten to listen: then nothing keeps it. */
function endedEarly(
  words: readonly string[],
  how: string,
  { port, stderr }: { port: number; stderr: string },
): AppEnvError {
  const failed = startFailed(words, how, stderr);
  if (how !== "ended with code 0") return failed;
  const message = `'${words.join(" ")}' ended before it listened on port ${port}, the one in its env var PORT.`;
  return new AppEnvError("START_FAILED", `${message}${stderr === "" ? "" : `\n${stderr}`}`, {
    fix: "Let it listen there, for example by `app.listen(process.env.PORT)`, and stay in the foreground.",
  });
}

function startFailed(words: readonly string[], how: string, stderr: string): AppEnvError {
  return new AppEnvError("START_FAILED", `'${words.join(" ")}' ${how}.${stderr === "" ? "" : `\n${stderr}`}`);
}

/** Passes stderr on and remembers its end. */
function keepTail(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    process.stderr.write(chunk);
    text = (text + chunk.toString()).slice(-4_000);
  });
  return () => text.trimEnd().split("\n").slice(-lastLines).join("\n");
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.pid === undefined) return;
  signalGroup(child.pid, "SIGTERM");
  const timer = setTimeout(signalGroup, stopLimitMs, child.pid, "SIGKILL");
  await ended;
  clearTimeout(timer);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // It has ended already.
  }
}
