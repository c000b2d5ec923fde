import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { pageNames, readRoute } from "../../../packages/console/src/route/route.ts";
import {
  contrastsOf,
  faultsOf,
  launchBrowser,
  layoutOf,
  missingBrowser,
  noFaults,
  type PageFaults,
} from "../src/browser.ts";
import { fillPlatform } from "../src/filled-platform.ts";
import { closeView, sightsOf, type Sight } from "../src/sights.ts";
import { startPlatformProcess, type StartedPlatform } from "../src/started-platform.ts";

// A page with many views is looked at several times; a busy machine takes a minute for it.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let browser: Browser;
let platform: StartedPlatform;
let home: string | undefined;
/** By the width of their windows. */
const contexts: Record<number, BrowserContext> = {};
let sights: Readonly<Record<string, readonly Sight[]>>;

beforeAll(async () => {
  if (missingBrowser !== undefined) return;
  home = mkdtempSync(join(tmpdir(), "appenv-every-page-"));
  process.env["APPENV_HOME"] = home;
  [platform, browser] = await Promise.all([startPlatformProcess(home), launchBrowser()]);
  for (const width of [1280, 390]) {
    contexts[width] = await browser.newContext({
      viewport: { width, height: 800 },
      bypassCSP: true,
      // A dialog that still appears has less contrast.
      reducedMotion: "reduce",
    });
  }
  sights = sightsOf(await fillPlatform(platform.endpoint));
});

const { axe: _, ...noLayoutFaults } = noFaults;

afterAll(async () => {
  await browser?.close();
  await platform?.close();
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
});

/** Looks at what is shown: in full in the theme that it has, and at what another theme changes in the other one. */
async function faultsInBothThemes(page: Page, width: number): Promise<PageFaults> {
  const themes = ["light", "dark"] as const;
  const [first, second] = width === 390 ? themes.toReversed() : themes;
  await page.emulateMedia({ colorScheme: first ?? null });
  const faults = await faultsOf(page);
  await page.emulateMedia({ colorScheme: second ?? null });
  return { ...faults, axe: [...faults.axe, ...(await contrastsOf(page))] };
}

/** The faults of a page, and of its views and dialogs one after the other; a name without faults is left out. */
async function faultsOfSight(
  page: Page,
  { name, show, more = {} }: Sight,
  look: () => Promise<PageFaults>,
): Promise<Record<string, PageFaults>> {
  await show(page);
  const found: Record<string, PageFaults> = { [name]: await look() };
  for (const [view, open] of Object.entries(more)) {
    await open(page);
    found[view] = await look();
    await closeView(page);
  }
  return Object.fromEntries(Object.entries(found).filter(([, faults]) => !isDeepStrictEqual(faults, noFaults)));
}

describe.skipIf(missingBrowser)("every page", () => {
  test("is looked at", () => {
    expect(Object.keys(sights).toSorted()).toEqual([...pageNames].toSorted());
  });

  test.each(pageNames.flatMap((name) => [1280, 390].map((width) => [name, width] as const)))(
    "%s, %d pixels wide: axe finds nothing serious in either theme, and nothing is cut off, sticks out or lies on another",
    async (name, width) => {
      const page = await (contexts[width] as BrowserContext).newPage();
      onTestFinished(() => page.close());
      for (const sight of sights[name] ?? []) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(`${platform.endpoint}${sight.path}`);
        expect(await faultsOfSight(page, sight, () => faultsInBothThemes(page, width))).toEqual({});
        expect(readRoute(new URL(page.url()).pathname).page).toBe(name);
        if (width === 390) continue;
        // On a tablet, without loading it again.
        await page.setViewportSize({ width: 800, height: 1024 });
        expect([sight.name, await layoutOf(page)]).toEqual([sight.name, noLayoutFaults]);
      }
    },
  );
});
