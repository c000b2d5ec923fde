import type { JSX } from "preact";
import { ErrorInfo_Kind, errorPartsOf, type ActionDetails, type ErrorInfo } from "@appenv/protocol/tasks";
import { CopyButton } from "../../../parts/notice.tsx";
import { Text } from "../../../parts/text.tsx";

/** The reason why an action failed or was aborted. */
export function ErrorPart({ details }: { readonly details: ActionDetails | undefined }): JSX.Element | null {
  const result = details?.result;
  if (result?.case === "abortInfo") {
    return (
      <p class="notice">
        Aborted: <Text of={result.value.reason} />
      </p>
    );
  }
  return result?.case === "errorInfo" ? <ErrorText info={result.value} /> : null;
}

/** An error of a task, with its causes. */
export function ErrorText({ info }: { readonly info: ErrorInfo }): JSX.Element {
  const { code, message, thrown } = errorPartsOf(info) ?? { code: info.code, message: info.message, thrown: [] };
  return (
    <div class="notice bad error">
      <p>
        <code>
          <Text of={code} />
        </code>
        {info.kind === ErrorInfo_Kind.SYSTEM ? <span class="quiet"> of the system, not of the task</span> : null}
        <CopyButton text={() => info.message} what="the error" />
      </p>
      <pre tabIndex={0} aria-label="The error">
        <Text of={message} />
        {thrown.map(({ name, message: text, at }, index) => (
          <span key={index} class="cause">
            {"\n"}
            {index === 0 ? "" : "because: "}
            {index === 0 ? "" : <Text of={`${name === undefined ? "" : `${name}: `}${text}`} />}
            {at === undefined ? "" : <Text of={`${index === 0 ? "" : " "}at ${at}`} />}
          </span>
        ))}
      </pre>
    </div>
  );
}
