import type { AppId } from "@appenv/protocol";

/** Takes the output of replicas. */
export interface LogSink {
  /** Lines without their line break. Never throws: lost lines are counted, and the next line that can be written says so. */
  write(id: AppId, replica: string, stream: "stdout" | "stderr" | "platform", lines: readonly string[]): void;
  /** Deletes an app's logs. */
  remove(id: AppId): void;
}
