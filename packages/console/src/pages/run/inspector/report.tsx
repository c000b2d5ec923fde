import type { JSX } from "preact";
import { ArtifactType, type ActionPhaseNumber } from "@appenv/protocol/tasks";
import { data } from "../../../api/clients.ts";
import { useData } from "../../../live/use-data.ts";
import { FailureNotice } from "../../../parts/notice.tsx";
import { plainName, type Name } from "../../../route/names.ts";

/** The report of an action: HTML of a task, in a frame in which it can reach nothing. */
export function Report({
  run,
  name,
  phase,
}: {
  readonly run: Name;
  readonly name: string;
  readonly phase: ActionPhaseNumber | undefined;
}): JSX.Element {
  const value = { actionId: { run: plainName(run), name }, attempt: 1 };
  const source = { case: "actionAttemptId" as const, value };
  const { value: link, failure } = useData(
    (signal) => data.createDownloadLink({ artifactType: ArtifactType.REPORT, source }, { signal }),
    `${phase}`,
  );
  const [url] = link?.preSignedUrls?.signedUrl ?? [];
  return (
    <>
      <FailureNotice failure={failure} />
      {url === undefined ? null : (
        <iframe
          class="report"
          title="Report"
          sandbox="allow-scripts"
          src={new URL(url, window.location.href).pathname}
        />
      )}
    </>
  );
}
