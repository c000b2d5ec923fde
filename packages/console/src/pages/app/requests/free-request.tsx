import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Name } from "../../../route/names.ts";
import type { Operation } from "./operations.ts";
import { RequestForm } from "./request-form.tsx";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/** A request that no document describes. */
export function FreeRequest(props: {
  readonly app: Name;
  readonly endpoint: string;
  readonly needsKey: boolean;
}): JSX.Element {
  const method = useSignal("GET");
  const path = useSignal("/");
  return (
    <>
      <p class="buttons">
        <select aria-label="Method" onInput={(event) => (method.value = event.currentTarget.value)}>
          {methods.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <input
          aria-label="Path"
          defaultValue="/"
          spellcheck={false}
          onInput={(event) => (path.value = event.currentTarget.value)}
        />
      </p>
      <RequestForm key={method.value} {...props} operation={operationOf(method.value, path.value)} />
    </>
  );
}

function operationOf(method: string, path: string): Operation {
  const sends = ["POST", "PUT", "PATCH", "DELETE"].includes(method);
  const types = ["application/json", "text/plain"];
  return {
    key: `${method} ${path}`,
    method,
    // It is sent as it is typed: braces are no parameters here.
    path: path.replaceAll("{", "%7B").replaceAll("}", "%7D"),
    summary: "",
    description: "",
    parameters: [],
    bodies: sends ? types.map((type) => ({ type, required: false, fields: [], text: "" })) : [],
  };
}
