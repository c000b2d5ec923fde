import type { JSX } from "preact";
import { FailureNotice } from "../../../parts/notice.tsx";
import { LogView } from "../../../parts/logs/log-view.tsx";
import type { Name } from "../../../route/names.ts";
import { useAppLog } from "./use-app-log.ts";

/** The log of all replicas of an app. */
export function AppLog({ app }: { readonly app: Name }): JSX.Element {
  const { lines, ended, failure, older } = useAppLog(app);
  return (
    <>
      <FailureNotice failure={failure} />
      <LogView lines={lines} ended={ended} older={older} />
    </>
  );
}
