import { InvalidArgumentError } from "commander";
import { AppEnvError, email, slack, teams, webhook, type NotificationRule, type NotifiedPhase } from "@appenv/core";

/** However a run ends. */
const always: readonly NotifiedPhase[] = ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"];

type Make = (where: string, on: readonly NotifiedPhase[]) => NotificationRule;

const ways: ReadonlyMap<string, Make> = new Map<string, Make>([
  ["webhook", (url, on) => webhook({ on, url })],
  ["slack", (webhookUrl, on) => slack({ on, webhookUrl })],
  ["teams", (webhookUrl, on) => teams({ on, webhookUrl })],
  ["email", (addresses, on) => email({ on, recipients: addresses.split(",") })],
]);

/** Reads one `WAY=WHERE@PHASE,...` and adds its rule to those before; `none` is an empty list, in place of the task's. */
export function parseNotify(text: string, before: readonly NotificationRule[] = []): readonly NotificationRule[] {
  if (text === "none") return [];
  // Names in capitals after an @ are phases: a URL and an address may hold an @ as well.
  const [, way = "", where = "", phases] = /^([a-z]+)=(.+?)(?:@([A-Z_]+(?:,[A-Z_]+)*))?$/s.exec(text) ?? [];
  const make = ways.get(way);
  if (make === undefined) {
    throw new InvalidArgumentError(
      "It must be webhook=URL, slack=URL, teams=URL or email=ADDRESS, with @PHASE,PHASE for only these phases; or none.",
    );
  }
  try {
    return [...before, make(where, phases === undefined ? always : (phases.split(",") as NotifiedPhase[]))];
  } catch (error) {
    throw AppEnvError.is(error) ? new InvalidArgumentError(error.message) : error;
  }
}
