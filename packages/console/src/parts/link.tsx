import type { ComponentChildren, JSX } from "preact";
import { Text } from "./text.tsx";

/** A link to another site or an app; plain text if the URL is of a kind that could run code. */
export function OutLink({
  url,
  children,
}: {
  readonly url: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const shown = children ?? <Text of={url} />;
  if (!/^https?:\/\//i.test(url)) return <span>{shown}</span>;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {shown}
    </a>
  );
}
