// Looks for faults that a person would see on a page, each as the begin of the element's HTML. It runs in the page, as a script
// whose last value counts; it may run there again.

function begin(element) {
  return element.outerHTML.slice(0, 120);
}

/** The elements in sight of a part of the page, without what scrolls by itself, or is a drawing. */
function elementsInSight(root) {
  const apart = ".scrolls, .log, .tree, .plot, svg, pre, textarea, [role=tree], [role=log]";
  const seen = { opacityProperty: true, visibilityProperty: true };
  return [...root.querySelectorAll("*")].filter(
    (element) => element.closest(apart) === null && element.checkVisibility(seen),
  );
}

/** A text, or a control. */
function isLeaf(element) {
  if (element.matches("button, input, select, a, img, canvas")) return true;
  return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "");
}

function clips(element) {
  return getComputedStyle(element).overflowX !== "visible";
}

/** Has a text that is cut off, and told nowhere else. */
function isClipped(element) {
  if (!clips(element) || element.scrollWidth <= element.clientWidth + 1) return false;
  if (element.matches("input, select") || element.textContent.trim() === "") return false;
  return element.closest("[title], [aria-label]") === null && element.querySelector("[title]") === null;
}

/** The boxes of an element, one for each line of its text, as far as they are not cut off by what is around it. */
function visibleBoxes(element) {
  return [...element.getClientRects()].map((box) => visiblePart(element, box));
}

function visiblePart(element, whole) {
  let { left, top, right, bottom } = whole;
  for (let around = element.parentElement; around !== null; around = around.parentElement) {
    if (!clips(around)) continue;
    const box = around.getBoundingClientRect();
    [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
    [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
  }
  return { left, top, right, bottom };
}

function lieOnEachOther(one, other) {
  if (one.element.contains(other.element) || other.element.contains(one.element)) return false;
  const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
  const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
  return width > 3 && height > 3;
}

function overlaps(leaves) {
  // What is for screen readers alone has one pixel.
  const boxes = leaves
    .flatMap((element) => visibleBoxes(element).map((box) => ({ element, box })))
    .filter(({ box }) => box.right - box.left > 1 && box.bottom - box.top > 1);
  return boxes.flatMap((one, index) =>
    boxes
      .slice(index + 1)
      .filter((other) => lieOnEachOther(one, other))
      .map((other) => `${begin(one.element)} on ${begin(other.element)}`),
  );
}

/** True of a heading with nothing below it. */
function isOfNothing(heading) {
  const part = heading.closest("section") ?? heading.parentElement;
  const words = part.textContent.replace(heading.textContent, "").trim();
  return words === "" && part.querySelector("canvas, svg, img, input, textarea") === null;
}

function reachesOut(element) {
  return element.getBoundingClientRect().right > innerWidth;
}

/** The parts of the page that are looked at by themselves, as the ways stay in sight over the page on a phone. An open dialog or menu lies on everything else. */
function partsInSight() {
  const above = document.querySelector("dialog[open], .menu[open] .menu-body");
  if (above !== null) return [above];
  const ways = [...document.querySelectorAll("nav")].filter((nav) => nav.closest("main") === null);
  return [document.querySelector("main"), ...ways];
}

/** Is beyond the edge of the window, or of a part that cuts off what does not fit, where nobody can scroll to it. */
function isUnseen(element) {
  if (element.closest("[title]") !== null) return false;
  const { left, right, width } = element.getBoundingClientRect();
  if (width <= 1) return false;
  for (let around = element.parentElement; around !== null; around = around.parentElement) {
    const { overflowX } = getComputedStyle(around);
    if (overflowX === "auto" || overflowX === "scroll") return false;
    const box = around.getBoundingClientRect();
    if (overflowX !== "visible" && (left >= box.right - 1 || right <= box.left + 1)) return true;
  }
  return left >= innerWidth || right <= 0;
}

function layoutFaults() {
  const parts = partsInSight().map(elementsInSight);
  const all = parts.flat();
  const leaves = parts.map((elements) => elements.filter(isLeaf));
  const { scrollWidth } = document.documentElement;
  return {
    sticksOut: scrollWidth > innerWidth ? [scrollWidth, ...all.filter(reachesOut).map(begin)] : [],
    clipped: all.filter(isClipped).map(begin),
    unseen: leaves.flat().filter(isUnseen).map(begin),
    overlapping: leaves.flatMap(overlaps),
    empty: all.filter((element) => element.matches("h2, h3") && isOfNothing(element)).map(begin),
  };
}

layoutFaults();
