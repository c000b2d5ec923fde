import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useActions, type LiveAction } from "../../live/actions.ts";
import { useData } from "../../live/use-data.ts";
import { runs } from "../../api/clients.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import { go } from "../../route/location.ts";
import { actionPath, plainName, type Name } from "../../route/names.ts";
import { useKeys } from "../../shell/keys.ts";
import { Inspector } from "./inspector/inspector.tsx";
import { RerunDialog } from "./rerun-dialog.tsx";
import { abortRun } from "./abort.ts";
import { hasFailed, isTerminal } from "./phases.ts";
import { mostTelling, treeRows, type TreeRow } from "./rows.ts";
import { RunHead } from "./run-head.tsx";
import { Tree } from "./tree.tsx";
import { TreeTools } from "./tree-tools.tsx";

/** A run: its actions as a tree beside their times, and everything about the chosen one. */
export function RunPage({ name, action }: { readonly name: Name; readonly action: string | undefined }): JSX.Element {
  const { all, failure } = useActions(name);
  const closed = useSignal<ReadonlySet<string>>(new Set());
  const text = useSignal("");
  const errorsOnly = useSignal(false);
  const rerun = useSignal(false);
  const search = useRef<HTMLInputElement>(null);
  const root = all?.get("a0");
  const phase = root?.message.status?.phase;
  const details = useData((signal) => runs.getRunDetails({ runId: name }, { signal }), `${phase}`).value?.details;
  const filter = useComputed(() => ({ closed: closed.value, text: text.value, errorsOnly: errorsOnly.value })).value;
  // A run may have many thousands of actions: they are gone through when they change, and not with each key.
  const rows = useMemo(() => (all === undefined ? [] : treeRows(all, filter)), [all, filter]);
  const telling = useMemo(() => (all === undefined ? undefined : mostTelling(all)), [all]);
  const failed = useMemo(() => countFailed(all), [all]);
  const chosen = action ?? telling;
  const choose = (next: string | undefined): void => {
    if (next !== undefined) go(actionPath(name, next), { replace: true });
  };
  // What tells most may change while it runs; once somebody looks, it stays.
  useEffect(() => {
    if (action === undefined && chosen !== undefined && isTerminal(phase)) choose(chosen);
  }, [isTerminal(phase)]);
  const index = rows.findIndex((row) => row.action.name === chosen);
  const step = (by: number) => () => choose(rows[Math.min(Math.max(index + by, 0), rows.length - 1)]?.action.name);
  const open = (isOpen: boolean) => () => {
    const next = new Set(closed.value);
    if (chosen !== undefined) next[isOpen ? "delete" : "add"](chosen);
    closed.value = next;
  };
  useKeys({
    ArrowDown: step(1),
    j: step(1),
    ArrowUp: step(-1),
    k: step(-1),
    ArrowLeft: open(false),
    ArrowRight: open(true),
    e: () => choose(nextError(rows, index)),
    r: () => (rerun.value = true),
    x: () => void abortRun(plainName(name), phase),
    "/": () => search.current?.focus(),
  });
  return (
    <div class="run">
      <RunHead name={name} root={root} details={details} onRerun={() => (rerun.value = true)} />
      <FailureNotice failure={failure} />
      <div class="run-parts">
        <section class="tree-part" aria-label="Actions">
          <TreeTools
            search={search}
            total={all?.size ?? 0}
            failed={failed}
            text={text}
            errorsOnly={errorsOnly}
            onNextError={() => choose(nextError(rows, index))}
          />
          <Tree
            all={all}
            rows={rows}
            chosen={chosen}
            index={index}
            onChoose={choose}
            onToggle={(of) => toggle(closed, of)}
          />
        </section>
        <section class="inspector" aria-label="The chosen action">
          {chosen === undefined || all === undefined ? null : (
            <Inspector key={chosen} run={name} action={all.get(chosen)} name={chosen} all={all} />
          )}
        </section>
      </div>
      {rerun.value ? <RerunDialog run={name} onClose={() => (rerun.value = false)} /> : null}
    </div>
  );
}

function toggle(closed: { value: ReadonlySet<string> }, name: string): void {
  const next = new Set(closed.value);
  if (!next.delete(name)) next.add(name);
  closed.value = next;
}

/** The next action that failed, from the chosen one on and around. */
function nextError(rows: readonly TreeRow[], index: number): string | undefined {
  const around = [...rows.slice(index + 1), ...rows.slice(0, index + 1)];
  return around.find(({ action }) => hasFailed(action.message.status?.phase))?.action.name;
}

function countFailed(all: ReadonlyMap<string, LiveAction> = new Map()): number {
  let failed = 0;
  for (const { message } of all.values()) if (hasFailed(message.status?.phase)) failed += 1;
  return failed;
}
