import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useActions } from "../../live/actions.ts";
import { now } from "../../live/clock.ts";
import { useData } from "../../live/use-data.ts";
import { runs } from "../../api/clients.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import { go } from "../../route/location.ts";
import { actionPath, plainName, type Name } from "../../route/names.ts";
import { useKeys } from "../../shell/keys.ts";
import { Inspector } from "./inspector/inspector.tsx";
import { RerunDialog } from "./rerun-dialog.tsx";
import { abortRun } from "./abort.ts";
import { goToNeighbour } from "./neighbours.ts";
import { isTerminal } from "./phases.ts";
import { mostTelling } from "./rows.ts";
import { Notifications } from "./notifications.tsx";
import { RunHead } from "./run-head.tsx";
import { Brush } from "./timeline/brush.tsx";
import { useTimeline } from "./timeline/use-timeline.ts";
import { Tree } from "./tree.tsx";
import { TreeTools } from "./tree-tools.tsx";
import { useRows } from "./use-rows.ts";

/** A run: its actions as a tree beside their times, and everything about the chosen one. */
export function RunPage({ name, action }: { readonly name: Name; readonly action: string | undefined }): JSX.Element {
  const actions = useActions(name);
  const { tree, version, failure } = actions;
  const rerun = useSignal(false);
  const search = useRef<HTMLInputElement>(null);
  const phase = tree.root?.status?.phase;
  const details = useData((signal) => runs.getRunDetails({ runId: name }, { signal }), `${phase}`).value?.details;
  const running = !isTerminal(phase);
  const until = running ? now.value : 0;
  const telling = useMemo(() => mostTelling(tree), [tree, version]);
  const chosen = action ?? (version === 0 ? undefined : telling);
  const choose = (next: string | undefined): void => {
    if (next !== undefined) go(actionPath(name, next), { replace: true });
  };
  // The action that tells most may change while it runs; once somebody looks, it stays.
  useEffect(() => {
    if (action === undefined && chosen !== undefined && isTerminal(phase)) choose(chosen);
  }, [isTerminal(phase)]);
  const view = useRows(actions, chosen, choose);
  const timeline = useTimeline(actions, until);
  useKeys({
    ...view.keys,
    ...timeline.keys(chosen),
    j: () => void goToNeighbour(name, 1),
    k: () => void goToNeighbour(name, -1),
    r: () => (rerun.value = true),
    x: () => void abortRun(plainName(name), phase),
    "/": () => search.current?.focus(),
  });
  return (
    <div class="run">
      <RunHead name={name} root={tree.root} details={details} onRerun={() => (rerun.value = true)} />
      <FailureNotice failure={failure} />
      <Notifications run={name} ended={!running} />
      <div class="run-parts">
        <section class="tree-part" aria-label="Actions">
          <TreeTools
            search={search}
            total={tree.size}
            failed={tree.failed.size}
            text={view.text}
            toggles={[...view.toggles, timeline.toggle]}
            onNextError={view.nextError}
          />
          <div class="brush-line">
            <Legend />
            <Brush
              tree={tree}
              version={version}
              axis={timeline.whole}
              now={until}
              view={timeline.view}
              onView={timeline.show}
            />
          </div>
          <Tree
            run={name}
            tree={tree}
            version={version}
            rows={view.rows}
            axis={timeline.axis}
            until={until}
            chosen={chosen}
            index={view.index}
            onChoose={choose}
            onToggle={view.toggle}
          />
        </section>
        <section class="inspector" aria-label="The chosen action">
          {chosen === undefined || version === 0 ? null : (
            <Inspector key={chosen} run={name} action={tree.get(chosen)} name={chosen} tree={tree} choose={choose} />
          )}
        </section>
      </div>
      {rerun.value ? <RerunDialog run={name} onClose={() => (rerun.value = false)} /> : null}
    </div>
  );
}

/** The looks of the bars that no phase has. */
function Legend(): JSX.Element {
  return (
    <p class="legend quiet" aria-hidden="true">
      <span class="bar queue" /> queued
      <span class="bar retry" /> between attempts
      <span class="bar busy">
        <span class="bar-blocked" />
      </span>{" "}
      waits
    </p>
  );
}
