import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ReplicaReportMessage } from "@appenv/protocol";
import { replicas } from "../../api/clients.ts";
import { follow } from "../../live/follow.ts";
import type { Name } from "../../route/names.ts";

/** The replicas of an app and why it stands as it does, live; undefined until the first answer. @param exists - False: there is no such app yet. */
export function useReport(app: Name, exists: boolean): ReplicaReportMessage | undefined {
  const report = useSignal<ReplicaReportMessage | undefined>(undefined);
  useEffect(
    () =>
      exists
        ? follow({
            open: (stop) => replicas.watchReplicas({ app }, { signal: stop }),
            onMessage: ({ report: latest }) => (report.value = latest),
          })
        : undefined,
    [exists],
  );
  return report.value;
}
