/** Choices of the person at the browser. */
export interface Person {
  /** Default `ada`. */
  readonly name?: string;
  /** Refuses instead of giving consent. */
  readonly denies?: boolean;
}

/** The page at which a browser ended. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/**
 * Goes where a browser would go: follows redirects with cookies, fills in the forms of the provider and sends them, until a page
 * has none.
 */
export async function browse(start: string, person: Person = {}, jar: Map<string, string> = new Map()): Promise<Page> {
  let page = await visit(start, {}, jar);
  for (let form = formIn(page, person); form !== undefined; form = formIn(page, person)) {
    page = await visit(form.url, form.init, jar);
  }
  return page;
}

async function visit(start: string, first: RequestInit, jar: Map<string, string>): Promise<Page> {
  let init = first;
  for (let url = start; ;) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { ...init, redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    const location = response.headers.get("location");
    if (location === null) return { url, status: response.status, text: await response.text() };
    await response.body?.cancel();
    url = new URL(location, url).href;
    init = {};
  }
}

function keep(jar: Map<string, string>, line: string): void {
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  if (value === "") jar.delete(name);
  else jar.set(name, value);
}

interface Form {
  readonly url: string;
  readonly init: RequestInit;
}

function formIn({ url, text }: Page, { name = "ada", denies = false }: Person): Form | undefined {
  const [, action] = /<form[^>]*action="([^"]+)"/.exec(text) ?? [];
  // A code that was refused is asked for again.
  if (action === undefined || /<input[^>]*type="text"[^>]*name="user_code"/.test(text)) return undefined;
  const [, abort] = /href="([^"]+\/abort)"/.exec(text) ?? [];
  if (denies && abort !== undefined) return { url: new URL(abort, url).href, init: {} };
  const fields = new URLSearchParams({ login: name, password: "any" });
  for (const [input] of text.matchAll(/<input[^>]*>/g)) {
    const [, field = ""] = /name="([^"]*)"/.exec(input) ?? [];
    const [, value] = /value="([^"]*)"/.exec(input) ?? [];
    if (value !== undefined) fields.set(field, value);
  }
  if (/name="confirm"/.test(text)) fields.set(denies ? "abort" : "confirm", "yes");
  return { url: new URL(action, url).href, init: { method: "POST", body: fields } };
}
