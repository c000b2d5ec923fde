import { expect, test } from "vitest";
import { faultsOf, launchBrowser, missingBrowser, noFaults } from "../src/browser.ts";

const cut = `style="overflow: hidden; white-space: nowrap; width: 3rem"`;

const table = (overflow: string): string =>
  `<div style="width: 5rem; overflow: ${overflow}" tabindex="0"><div style="width: 20rem"><p>one</p><p style="margin: -2rem 0 0 9rem">other</p></div></div>`;

test.skipIf(missingBrowser)("the tests of pages see what a person would", async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 600, height: 400 } });
    const look = async (html: string) => {
      await page.setContent(
        `<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>${html}</main></html>`,
      );
      return faultsOf(page);
    };
    expect(await look("<section><h2>Runs</h2><p>None yet.</p></section>")).toEqual(noFaults);
    expect(await look("<section><h2>Runs</h2></section>")).toMatchObject({ empty: ["<h2>Runs</h2>"] });
    expect((await look(`<p ${cut}>the name of a run</p>`)).clipped).toHaveLength(1);
    expect((await look(`<p ${cut} title="the name of a run">the name of a run</p>`)).clipped).toEqual([]);
    expect((await look(`<p>one</p><p style="margin-top: -2rem">other</p>`)).overlapping).toEqual([
      `<p>one</p> on <p style="margin-top: -2rem">other</p>`,
    ]);
    // The part of a name that is cut off lies on nothing.
    const cell = (words: string) => `<div ${cut}><a href="#" title="${words}">${words}</a></div>`;
    const row = `<div style="display: flex">${cell("the name of a run")}${cell("its task")}</div>`;
    expect((await look(row)).overlapping).toEqual([]);
    expect((await look(`<p style="width: 40rem">wide</p>`)).sticksOut).toHaveLength(2);
    // Columns that a table has no room for, and buttons beyond the edge of a bar.
    expect((await look(table("hidden"))).unseen).toHaveLength(1);
    expect((await look(table("auto"))).unseen).toEqual([]);
    expect((await look(`<nav style="position: fixed; left: 41rem"><a href="#">Keys</a></nav>`)).unseen).toHaveLength(1);
    expect((await look("<button></button>")).axe).toHaveLength(1);
  } finally {
    await browser.close();
  }
});
