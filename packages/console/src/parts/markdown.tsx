import type { ComponentChildren, JSX } from "preact";
import { OutLink } from "./link.tsx";
import { Text } from "./text.tsx";

/**
 * The part of Markdown that questions to people are written in: headings, lists, quotes, code, emphasis, links. HTML in it
 * stays text, and pictures are not loaded.
 */
export function Markdown({ text }: { readonly text: string }): JSX.Element {
  const parts = text.split(/^(```[^\n]*\n[\s\S]*?^```[^\S\n]*$)/m);
  return (
    <div class="markdown">
      {parts.map((part) =>
        part.startsWith("```") ? <pre>{part.replace(/^```[^\n]*\n/, "").replace(/\n?```\s*$/, "")}</pre> : blocks(part),
      )}
    </div>
  );
}

function blocks(text: string): ComponentChildren[] {
  return text
    .split(/\n[^\S\n]*\n/)
    .filter((block) => block.trim() !== "")
    .map((block) => <Block lines={block.replace(/^\n+|\s+$/g, "").split("\n")} />);
}

function Block({ lines }: { readonly lines: readonly string[] }): JSX.Element {
  const [first = "", ...rest] = lines;
  const heading = /^(#{1,6})\s+(.*)$/.exec(first);
  if (heading !== null) {
    return (
      <>
        <p class="heading">{inline(heading[2] ?? "")}</p>
        {rest.length === 0 ? null : <Block lines={rest} />}
      </>
    );
  }
  if (lines.every((line) => /^\s*([-*+]|\d+[.)])\s+/.test(line))) return <List lines={lines} />;
  if (lines.every((line) => line.startsWith(">"))) {
    return (
      <blockquote>
        <Block lines={lines.map((line) => line.replace(/^>\s?/, ""))} />
      </blockquote>
    );
  }
  return <p>{inline(lines.join("\n"))}</p>;
}

function List({ lines }: { readonly lines: readonly string[] }): JSX.Element {
  const items = lines.map((line) => <li>{inline(line.replace(/^\s*([-*+]|\d+[.)])\s+/, ""))}</li>);
  return /^\s*\d/.test(lines[0] ?? "") ? <ol>{items}</ol> : <ul>{items}</ul>;
}

const marks = /(`[^`]+`)|(\*\*[^*]+\*\*)|(\*[^*\s][^*]*\*|\b_[^_\s][^_]*_\b)|(\[[^\]]+\]\([^()\s]+\))/;

function inline(text: string): ComponentChildren[] {
  const out: ComponentChildren[] = [];
  let rest = text;
  for (let found = marks.exec(rest); found !== null; found = marks.exec(rest)) {
    const [whole, code, strong, weak, link] = found;
    out.push(<Text of={rest.slice(0, found.index)} />);
    if (code !== undefined) out.push(<code>{code.slice(1, -1)}</code>);
    else if (strong !== undefined) out.push(<strong>{inline(strong.slice(2, -2))}</strong>);
    else if (weak !== undefined) out.push(<em>{inline(weak.slice(1, -1))}</em>);
    else if (link !== undefined) {
      const [, words = "", url = ""] = /^\[([^\]]+)\]\(([^()\s]+)\)$/.exec(link) ?? [];
      out.push(
        <OutLink url={url}>
          <Text of={words} />
        </OutLink>,
      );
    }
    rest = rest.slice(found.index + whole.length);
  }
  out.push(<Text of={rest} />);
  return out;
}
