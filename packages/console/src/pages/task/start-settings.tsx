import type { JSX } from "preact";
import { toScheduleAnnotations } from "@appenv/protocol/tasks";
import type { NewRun } from "../run/start.ts";

/** The texts of the settings of a run that is to be started. */
export interface SettingTexts {
  /** A local time, as the browser writes it; empty: at once. */
  begin: string;
  /** `key=value`, with spaces or commas between them. */
  labels: string;
}

/** Fields for the time at which a run begins, and for its labels. */
export function StartSettings({ texts }: { readonly texts: SettingTexts }): JSX.Element {
  return (
    <details>
      <summary>Time and labels</summary>
      <label class="field">
        Begins at
        <input type="datetime-local" onInput={(event) => (texts.begin = event.currentTarget.value)} />
      </label>
      <label class="field">
        Labels
        <input
          type="text"
          placeholder="team=shop"
          autoComplete="off"
          onInput={(event) => (texts.labels = event.currentTarget.value)}
        />
      </label>
    </details>
  );
}

/** Reads them. @throws Error for labels that are none. */
export function readSettings({ begin, labels }: SettingTexts): NonNullable<NewRun["settings"]> {
  const pairs = labels.split(/[\s,]+/).filter((text) => text !== "");
  const read = pairs.map((pair) => {
    const [, key = "", value = ""] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
    if (key === "") throw new Error(`The label '${pair}' must be KEY=VALUE.`);
    return [key, value] as const;
  });
  const annotations = begin === "" ? {} : toScheduleAnnotations({ startAt: new Date(begin) });
  return { labels: Object.fromEntries(read), annotations };
}
