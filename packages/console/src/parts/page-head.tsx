import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { plain, Text } from "./text.tsx";

/** The head of a page: its name, and what can be done there. It names the browser's tab too. */
export function PageHead({
  title,
  above,
  children,
  sign = "",
}: {
  readonly title: string;
  readonly above?: ComponentChildren;
  readonly children?: ComponentChildren;
  /** Put before the title of the tab. */
  readonly sign?: string;
}): JSX.Element {
  useEffect(() => {
    document.title = `${sign === "" ? "" : `${sign} `}${plain(title)} · AppEnv`;
  }, [title, sign]);
  return (
    <header class="page">
      <div>
        {above === undefined ? null : <p class="above">{above}</p>}
        <h1 tabIndex={-1}>
          <Text of={title} />
        </h1>
      </div>
      <div class="buttons">{children}</div>
    </header>
  );
}
