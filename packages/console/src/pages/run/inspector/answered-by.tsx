import type { JSX } from "preact";
import type { ActionDetails } from "@appenv/protocol/tasks";
import { Text } from "../../../parts/text.tsx";
import { Ago, msOf } from "../../../parts/time.tsx";

/** The one who answered a condition, and when; nothing of other actions, and before. */
export function AnsweredBy({ details }: { readonly details: ActionDetails | undefined }): JSX.Element | null {
  if (details?.result.case !== "signalInfo") return null;
  const { principal } = details.result.value.signalledBy ?? {};
  const subject = principal?.case === "user" ? principal.value.id?.subject : undefined;
  if (subject === undefined || subject === "") return null;
  return (
    <p class="notice">
      Answered by <Text of={subject} />, <Ago at={msOf(details.status?.endTime)} />
    </p>
  );
}
