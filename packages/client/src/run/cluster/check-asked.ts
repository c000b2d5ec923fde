import { AppEnvError } from "@appenv/core";
import type { CreateRunRequest } from "@appenv/protocol/tasks";
import type { AskedIdentity } from "./asked-identity.ts";

/**
 * Refuses what a Flyte cluster would take and then ignore, and what would keep the run in its queue for ever without a word:
 * labels that Kubernetes does not take.
 *
 * @throws AppEnvError INVALID_INPUT, UNSUPPORTED.
 */
export function checkAsked({ runSpec }: Pick<CreateRunRequest, "runSpec">, asked: AskedIdentity): void {
  const { name, idempotencyKey, isKeyOfCode } = asked;
  if (name !== undefined) checkName(name);
  if (name !== undefined && idempotencyKey !== undefined && isKeyOfCode !== true) {
    throw new AppEnvError("UNSUPPORTED", "On a Flyte cluster the name of a run is made from its `idempotencyKey`.", {
      fix: "Leave out `name` or `idempotencyKey`.",
    });
  }
  checkSettings({
    labels: runSpec?.labels?.values ?? {},
    annotations: runSpec?.annotations?.values ?? {},
    overwriteCache: runSpec?.overwriteCache ?? false,
  });
}

/** Settings of a run, or of the runs of a trigger. */
interface Settings {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly overwriteCache: boolean;
}

/** The same, for the settings of a run alone. @throws AppEnvError INVALID_INPUT, UNSUPPORTED. */
export function checkSettings({ labels, annotations, overwriteCache }: Settings): void {
  if (overwriteCache) {
    throw new AppEnvError("UNSUPPORTED", "A Flyte cluster does not compute cached results anew: `overwriteCache`.", {
      fix: "Leave out `overwriteCache`; change the `salt` of the task's cache to have its results computed anew.",
    });
  }
  for (const [key, value] of Object.entries(labels)) {
    checkKey("label", key);
    if (!isWord(value) && value !== "") throw invalid(`The value ${show(value)} of the label '${key}'`, wordRule);
  }
  for (const key of Object.keys(annotations)) checkKey("annotation", key);
}

const wordRule = "at most 63 letters, digits, hyphens, dots and underscores, with a letter or digit at both ends";

function checkName(name: string): void {
  if (/^[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/.test(name)) return;
  throw invalid(
    `The run's name ${show(name)}`,
    "at most 30 lower case letters, digits and hyphens, beginning with a letter and ending with a letter or digit",
  );
}

/** A key may have a domain in front of it: `example.com/team`. */
function checkKey(what: string, key: string): void {
  const [word = "", prefix, ...more] = key.split("/").toReversed();
  const isDomain = prefix === undefined || /^(?=.{1,253}$)[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(prefix);
  if (isWord(word) && isDomain && more.length === 0) return;
  throw invalid(`The ${what} ${show(key)}`, `${wordRule}, perhaps after a domain: example.com/team`);
}

function isWord(text: string): boolean {
  return /^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/.test(text);
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function invalid(what: string, rule: string): AppEnvError {
  return new AppEnvError("INVALID_INPUT", `${what} does not fit the rule of Kubernetes.`, { fix: `Use ${rule}.` });
}
