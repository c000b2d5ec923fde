import { createElement as h, StrictMode, useState, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { useRun, useStream, useTask } from "../../src/index.ts";
import type { answer } from "../fixtures/app.ts";

const reader = { headers: { "x-reader": "ada" } };

function Ask(): ReactNode {
  const task = useTask<typeof answer>("/answers");
  const { values, status } = useStream<string>(task.runUrl, "tokens");
  const words: number | undefined = task.run?.output?.words;
  const { progress, metadata } = task.actions["a0"] ?? {};
  const ask = (prompt: string, failures: number) => () => void task.start({ prompt, failures }).catch(() => {});
  return h(
    "main",
    null,
    h("button", { onClick: ask("why", 0) }, "Ask"),
    h("button", { onClick: ask("why", 1) }, "Ask twice"),
    h("button", { onClick: () => void task.start({ prompt: 1 as never }).catch(() => {}) }, "Ask nothing"),
    h("p", { id: "text" }, values.join(" ")),
    h("p", { id: "stream" }, status),
    h("p", { id: "task" }, task.status),
    h("p", { id: "phase" }, task.run?.phase),
    h("p", { id: "words" }, words),
    h("p", { id: "progress" }, progress && `${progress.done}/${progress.total} ${JSON.stringify(metadata)}`),
    h("p", { id: "error" }, task.error?.message),
    h("p", { id: "url" }, task.runUrl),
  );
}

/** A run that is read from the platform, which is another origin, with a token in the URL. */
function Shared({ url, token }: { readonly url: string; readonly token: string }): ReactNode {
  const { run: shown, actions, status, error } = useRun<{ words: number }>(url, { token });
  const { values, status: stream } = useStream<string>(url, "tokens", { token: () => token });
  const { progress } = actions["a0"] ?? {};
  return h(
    "main",
    null,
    h("p", { id: "text" }, values.join(" ")),
    h("p", { id: "status" }, `${status} ${stream}`),
    h("p", { id: "phase" }, shown?.phase),
    h("p", { id: "words" }, shown?.output?.words),
    h("p", { id: "progress" }, progress && `${progress.done}/${progress.total}`),
    h("p", { id: "error" }, error?.message),
  );
}

/** A run that is named in the URL, as after a refresh. */
function Again({ run }: { readonly run: string }): ReactNode {
  const [options] = useState(reader);
  const { run: shown, status, error } = useRun<{ words: number }>(run, options);
  const { values } = useStream<string>(run, "tokens", options);
  return h(
    "main",
    null,
    h("p", { id: "text" }, values.join(" ")),
    h("p", { id: "status" }, status),
    h("p", { id: "words" }, shown?.output?.words),
    h("p", { id: "error" }, error?.message),
  );
}

/** As much of the browser as is used here: Node's types do not know it. */
const { document, location } = globalThis as unknown as {
  readonly document: { querySelector(selector: string): Element };
  readonly location: { readonly hash: string };
};

const run = location.hash.slice(1);
const root = createRoot(document.querySelector("#root"));

function component(): ReactNode {
  if (run === "") return h(Ask);
  if (run.startsWith("/")) return h(Again, { run });
  const shared = new URLSearchParams(run);
  return h(Shared, { url: shared.get("url") ?? "", token: shared.get("token") ?? "" });
}

root.render(h(StrictMode, null, component()));
