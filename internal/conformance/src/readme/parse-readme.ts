/** Ctrl-C as a terminal shows it. */
export const interrupt = "^C";

/** A command that a README shows, and what it shows of the output. */
export interface ShownCommand {
  readonly command: string;
  /** Lines that are typed in while it runs, and those that are printed, in the order shown. */
  readonly lines: readonly { readonly typed: boolean; readonly text: string }[];
}

/** A command for the reader: a line of an `sh` block, or a block that shows commands with their output. */
export type ReadmeStep = { readonly kind: "line"; readonly command: string } | Transcript;

/** A block whose commands begin with `$ `: one shell runs them all, so variables live on. */
export interface Transcript {
  readonly kind: "transcript";
  readonly commands: readonly ShownCommand[];
}

/** The commands of a README's fenced blocks, in order. */
export function parseReadme(markdown: string): readonly ReadmeStep[] {
  const blocks = [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, language, text = ""]): readonly ReadmeStep[] => {
    const lines = text
      .replaceAll(/\\\n\s*/g, "")
      .split("\n")
      .slice(0, -1);
    if (language === "sh") return lines.map(withoutComment).map((command) => ({ kind: "line", command }));
    return lines[0]?.startsWith("$ ") === true ? [{ kind: "transcript", commands: shownCommands(lines) }] : [];
  });
}

function withoutComment(line: string): string {
  return line.replace(/\s+# .*$/, "");
}

function shownCommands(lines: readonly string[]): readonly ShownCommand[] {
  const starts = lines.flatMap((line, index) => (line.startsWith("$ ") ? [index] : []));
  return starts.map((start, index) => ({
    command: lines[start]?.slice(2) ?? "",
    lines: withoutEnd(lines.slice(start + 1, starts[index + 1])).map((line) => {
      const typed = line.startsWith("> ");
      return { typed: typed || line === interrupt, text: typed ? line.slice(2) : line };
    }),
  }));
}

/** Without the empty lines before the next command. */
function withoutEnd(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
}
