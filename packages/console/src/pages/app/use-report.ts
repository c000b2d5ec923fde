import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ReplicaReportMessage } from "@appenv/protocol";
import { replicas } from "../../api/clients.ts";
import { follow } from "../../live/follow.ts";
import type { Name } from "../../route/names.ts";

/** The replicas of an app and why it stands as it does, live; undefined until the first answer. */
export function useReport(app: Name): ReplicaReportMessage | undefined {
  const report = useSignal<ReplicaReportMessage | undefined>(undefined);
  useEffect(
    () =>
      follow({
        open: (stop) => replicas.watchReplicas({ app }, { signal: stop }),
        onMessage: ({ report: latest }) => (report.value = latest),
      }),
    [],
  );
  return report.value;
}
