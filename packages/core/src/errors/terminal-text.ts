/** The destination of a text. A terminal obeys control characters. */
export interface TextSink {
  readonly isTTY?: boolean;
}

/** Colours and weights (SGR), or any other character that a terminal obeys: C0, DEL, C1, and changes of direction. */
const controls =
  // oxlint-disable-next-line no-control-regex -- the regex looks for them
  /\u001B\[([\d;:]*)m|[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

const reset = "\u001B[0m";

/**
 * A text of an app, a task or another user as a terminal may show it: characters that would move the cursor, name the
 * window, reverse the reading order or answer for the keyboard become `\x1B` or `\u202E`. Colours stay, each until the
 * end of its line, but not with the env var `NO_COLOR`. For a file or a pipe the text stays as it is.
 */
export function terminalText(text: string, sink: TextSink): string {
  if (sink.isTTY !== true) return text;
  return text
    .split("\n")
    .map((line) => visibleLine(line))
    .join("\n");
}

/** JSON with the same characters written as JSON writes them, for a terminal; elsewhere as it is. */
export function terminalJson(json: string, sink: TextSink): string {
  if (sink.isTTY !== true) return json;
  return json.replaceAll(controls, (found) => found.replaceAll(/[^]/g, (each) => `\\u${hex(each, 4)}`));
}

function visibleLine(line: string): string {
  let colored = false;
  const visible = line.replace(/\r$/, "").replaceAll(controls, (found: string, sgr: string | undefined) => {
    if (sgr === undefined) return escaped(found);
    if (!isHarmless(sgr)) return escaped(found[0] ?? "") + found.slice(1);
    if ((process.env["NO_COLOR"] ?? "") !== "") return "";
    colored = true;
    return found;
  });
  return colored && !visible.endsWith(reset) ? `${visible}${reset}` : visible;
}

/** Hidden text (8) is none that anybody should have on the screen. */
function isHarmless(sgr: string): boolean {
  return sgr.length <= 40 && !sgr.split(/[;:]/).includes("8");
}

function escaped(character: string): string {
  return character < "\u0100" ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`;
}

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(digits, "0");
}
