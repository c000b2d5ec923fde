import type { ControlPlaneOptions } from "@appenv/core";
import { createOutput } from "../../output/output.ts";
import { errorFormat, reportError } from "../../output/report-error.ts";
import { flushed, ignoreClosedPipes } from "../../output/streams.ts";
import { carryOutHere } from "../carry-out.ts";
import type { ClientRequest, FromClient, Surroundings, ToClient } from "../request.ts";

/**
 * Serves an app or runs a task (`request` is a ClientRequest as JSON) from a process of its own. Resolves with the exit
 * code.
 */
export async function runClient(request: string): Promise<number> {
  const host = connectHost();
  ignoreClosedPipes(() => void tell("unread").then(() => process.exit(0)));
  const asked = JSON.parse(request) as ClientRequest;
  createOutput(asked.flags).progress.say("Starting the platform ...");
  try {
    await carryOutHere(asked, host);
    await tell("ending");
  } catch (error) {
    await tell("ending");
    reportError(error, errorFormat(asked.flags));
    process.exitCode = 1;
  }
  await flushed();
  return Number(process.exitCode ?? 0);
}

/** The process that holds the platform decides when this one ends, and takes it along when it ends itself. */
function connectHost(): Surroundings {
  const controlPlane = Promise.withResolvers<ControlPlaneOptions>();
  const stopped = Promise.withResolvers<void>();
  // Ctrl-C reaches the whole process group; the other process passes it on.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  process.on("disconnect", () => stopped.resolve());
  process.on("message", (message: ToClient) => {
    if (message === "ready") controlPlane.resolve({ local: true });
    if (message === "stop") stopped.resolve();
  });
  return { controlPlane: controlPlane.promise, stopped: stopped.promise, hosted: true };
}

/** Resolves also if the other process is gone. */
function tell(message: FromClient): Promise<void> {
  return new Promise((done) => {
    if (process.send === undefined || !process.connected) return done();
    process.send(message, () => done());
  });
}
