import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** More stops than any page has. */
const mostStops = 150;

/** True if an element has the focus. */
export function hasFocus(element: Locator): Promise<boolean> {
  return element.evaluate((found) => found === found.ownerDocument.activeElement);
}

/** Goes to an element by Tab, or back to it by Shift and Tab. */
export async function tabTo(page: Page, element: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await element.waitFor();
  for (let stop = 0; stop < mostStops; stop += 1) {
    if (await hasFocus(element)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`Tab does not lead to ${String(element)}.`);
}

/** Goes to an element by Tab, or back to it, and presses a key there. */
export async function pressAt(page: Page, element: Locator, key: string = "Enter", back = false): Promise<void> {
  await tabTo(page, element, back ? "Shift+Tab" : "Tab");
  await page.keyboard.press(key);
}

/** Goes to a field by Tab, and types a text instead of what is in it. */
export async function typeInto(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
}

/** The place of the focus: in a dialog, on the page behind it, or on nothing of the document. */
function placeOfFocus(page: Page): Promise<"dialog" | "page" | "nothing"> {
  return page.evaluate<"dialog" | "page" | "nothing">(
    `document.activeElement === document.body ? "nothing" : document.activeElement.closest("dialog") ? "dialog" : "page"`,
  );
}

/** Walks all of a dialog, in both directions: the focus never comes to the page behind. */
async function expectTrap(page: Page, dialog: Locator): Promise<void> {
  await expect.poll(() => placeOfFocus(page)).toBe("dialog");
  const stops = await dialog.locator("button, input, select, textarea, a[href], summary, [tabindex='0']").count();
  for (const key of ["Tab", "Shift+Tab"]) {
    const seen = new Set<string>();
    for (let stop = 0; stop < stops + 3; stop += 1) {
      await page.keyboard.press(key);
      seen.add(await placeOfFocus(page));
    }
    expect([...seen]).not.toContain("page");
    expect([...seen]).toContain("dialog");
  }
}

/**
 * Opens a dialog by keyboard, walks it, and closes it by Esc: the focus is where it was.
 *
 * @param open - Opens it, with the focus at `from`.
 */
export async function openAndLeave(
  page: Page,
  from: Locator,
  open: () => Promise<unknown>,
  name: string | RegExp,
): Promise<void> {
  const dialog = page.getByRole("dialog", { name });
  await tabTo(page, from);
  await open();
  await dialog.waitFor();
  await expectTrap(page, dialog);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => hasFocus(from)).toBe(true);
}
