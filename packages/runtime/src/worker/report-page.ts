import { AppEnvError, type TaskReport } from "@appenv/core";
import { escapeHtml } from "@appenv-internal/http/escape-html";

const mostChars = 16 * 2 ** 20;
const firstTab = "Report";

/** The report of one attempt, as tabs of HTML. */
export class AttemptReport implements TaskReport {
  readonly #task: string;
  readonly #isWanted: boolean;
  readonly #store: (html: string) => Promise<void>;
  readonly #tabs: Map<string, string> = new Map();

  /** @param store - Called by `flush` with the whole page. */
  constructor(task: string, isWanted: boolean, store: (html: string) => Promise<void>) {
    this.#task = task;
    this.#isWanted = isWanted;
    this.#store = store;
  }

  append(html: string, tab: string = firstTab): void {
    this.replace((this.#tabs.get(tab) ?? "") + html, tab);
  }

  replace(html: string, tab: string = firstTab): void {
    if (!this.#isWanted) {
      throw new AppEnvError("INVALID_OPTION", `'${this.#task}' writes a report, but is defined without \`report\`.`, {
        fix: "Add `report: true` to the task.",
      });
    }
    const before = this.#tabs.get(tab);
    this.#tabs.set(tab, String(html));
    if (this.#length() <= mostChars) return;
    if (before === undefined) this.#tabs.delete(tab);
    else this.#tabs.set(tab, before);
    throw new AppEnvError("PAYLOAD_TOO_LARGE", `The report of '${this.#task}' has more than ${mostChars} characters.`, {
      fix: "Write less into it, or give a `FlyteFile` back.",
    });
  }

  async flush(): Promise<void> {
    const html = this.page();
    if (html !== undefined) await this.#store(html);
  }

  /** The whole page; undefined if nothing was written. Whoever shows it puts it in a sandbox. */
  page(): string | undefined {
    return this.#tabs.size === 0 ? undefined : pageOf(this.#task, [...this.#tabs]);
  }

  #length(): number {
    let length = 0;
    for (const html of this.#tabs.values()) length += html.length;
    return length;
  }
}

/** Tabs are radio buttons: the page needs no script. */
function pageOf(title: string, tabs: readonly (readonly [name: string, html: string])[]): string {
  const [only] = tabs;
  const body = tabs.length === 1 && only !== undefined ? `<main>${only[1]}</main>` : tabs.map(tabOf).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { display: flex; flex-wrap: wrap; margin: 1rem; }
main, section { order: 1; width: 100%; }
section { display: none; border-top: 1px solid #8886; padding-top: 1rem; }
input.tab { position: absolute; opacity: 0; }
label.tab { padding: .4rem 1rem; cursor: pointer; border-bottom: 3px solid transparent; }
input.tab:checked + label.tab { border-bottom-color: currentColor; }
input.tab:focus-visible + label.tab { outline: 2px solid; }
input.tab:checked + label.tab + section { display: block; }
`;

function tabOf([name, html]: readonly [name: string, html: string], index: number): string {
  const checked = index === 0 ? " checked" : "";
  return `<input class="tab" type="radio" name="appenv-tab" id="appenv-tab-${index}"${checked}><label class="tab" for="appenv-tab-${index}">${escapeHtml(name)}</label>
<section>${html}</section>`;
}
