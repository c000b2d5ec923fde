// The program of a container on a stock Node image. It travels in the container's arguments, as
// `node --input-type=module -e PROGRAM URI SHA256 app|task ARGUMENTS...`, fetches the code that was uploaded, and starts it.
import { pathToFileURL } from "node:url";
import { openStorage } from "../storage/open-storage.ts";
import { fetchCode } from "./fetch-code.ts";
import { tooOldNode } from "./node-version.ts";
import { failTask, runTask } from "./run-task.ts";

const [, uri = "", hash = "", kind, ...args] = process.argv;
const storage = openStorage(process.env);
const tooOld = tooOldNode(process.versions.node);
if (kind === "task") {
  if (tooOld === undefined) await runTask(storage, { uri, hash, args });
  else await failTask(storage, args, { code: "NODE_TOO_OLD", message: tooOld });
  process.exit(0);
}
try {
  if (tooOld !== undefined) throw new Error(tooOld);
  const file = await fetchCode(storage, uri, hash);
  // Before the code is compiled: its errors name the sources then.
  process.setSourceMapsEnabled(true);
  process.argv = [process.execPath, file, "app", ...args];
  await import(pathToFileURL(file).href);
} catch (error) {
  process.stderr.write(`The app could not be started: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
