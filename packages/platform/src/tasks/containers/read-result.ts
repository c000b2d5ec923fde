import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { readErrorDocument } from "@appenv/protocol/tasks";
import type { ActionError, AttemptResult } from "@appenv/runtime";
import { keepFiles, type KeptPlaces } from "./keep-files.ts";

type Result = Pick<AttemptResult, "outcome" | "report">;

/**
 * The outcome that a program has written into a directory, by Flyte's rules: `error.pb` counts before `outputs.pb`, and
 * with none of them it has failed. Never rejects.
 *
 * @param maxBytes - Limit of the outputs.
 * @param places - Of the files that it gives back.
 */
export async function readResult(directory: string, maxBytes: number, places: KeptPlaces): Promise<Result> {
  const report = await readIfThere(join(directory, "report.html")).catch(() => undefined);
  const outcome = await readOutcome(directory, maxBytes, places).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    return failed("INVALID_OUTPUT", `What it has written cannot be read: ${why}`);
  });
  return { outcome, report: report?.toString() };
}

async function readOutcome(directory: string, maxBytes: number, places: KeptPlaces): Promise<Result["outcome"]> {
  const document = await readIfThere(join(directory, "error.pb"));
  if (document !== undefined) return { type: "failed", error: toActionError(document) };
  const file = join(directory, "outputs.pb");
  const size = (await stat(file).catch(() => undefined))?.size;
  if (size === undefined) {
    return failed(
      "INVALID_OUTPUT",
      "The program ended with exit code 0, and wrote neither `outputs.pb` nor `error.pb` into its `{{.outputPrefix}}`.",
    );
  }
  if (size > maxBytes) return failed("PAYLOAD_TOO_LARGE", `The output has ${size} bytes; the task allows ${maxBytes}.`);
  return { type: "succeeded", outputs: await keepFiles(await readFile(file), places) };
}

/** The error of an `error.pb`. */
export function toActionError(document: Uint8Array): ActionError {
  const { code, message, recoverable, origin } = readErrorDocument(document);
  // One that another attempt may help is counted among the task's own retries, whoever it comes from.
  return { kind: origin === "SYSTEM" ? "SYSTEM" : "USER", code, message, stack: undefined, retryable: recoverable };
}

function failed(code: string, message: string): Result["outcome"] {
  return { type: "failed", error: { kind: "USER", code, message, stack: undefined, retryable: false } };
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
