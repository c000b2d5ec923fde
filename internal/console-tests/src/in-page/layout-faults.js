// Looks for faults that a person would see on a page, each as the begin of the element's HTML. It runs in the page, as a script
// whose last value counts; it may run there again.

function begin(element) {
  return element.outerHTML.slice(0, 120);
}

/** All that is in sight, without what scrolls by itself, or is a drawing. An open dialog lies on everything else. */
function elementsInSight() {
  const apart = ".scrolls, .log, .tree, .plot, svg, pre, textarea, [role=tree], [role=log]";
  const seen = { opacityProperty: true, visibilityProperty: true };
  const root = document.querySelector("dialog[open]") ?? document.querySelector("main");
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

/** The part of an element's box that is not cut off by those around it. */
function visibleBox(element) {
  let { left, top, right, bottom } = element.getBoundingClientRect();
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
    .map((element) => ({ element, box: visibleBox(element) }))
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

function layoutFaults() {
  const all = elementsInSight();
  const leaves = all.filter(isLeaf);
  const { scrollWidth } = document.documentElement;
  return {
    sticksOut: scrollWidth > innerWidth ? [scrollWidth, ...all.filter(reachesOut).map(begin)] : [],
    clipped: all.filter(isClipped).map(begin),
    overlapping: overlaps(leaves),
    empty: all.filter((element) => element.matches("h2, h3") && isOfNothing(element)).map(begin),
  };
}

layoutFaults();
