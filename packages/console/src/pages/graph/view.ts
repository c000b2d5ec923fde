/** The part of a drawing that is seen: the drawing's point in the upper left corner, and pixels per unit. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** A width and a height. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const [smallest, largest] = [0.08, 3];
const margin = 24;
/** Height that the buttons at the top take, in pixels. */
const top = 60;

/** The view that shows a whole drawing, no larger than it is read well. */
export function fit(drawing: Size, frame: Size): View {
  const room = { width: Math.max(frame.width - 2 * margin, 1), height: Math.max(frame.height - top - margin, 1) };
  const scale = clamp(Math.min(room.width / drawing.width, room.height / drawing.height, 1));
  return {
    scale,
    x: -(frame.width / scale - drawing.width) / 2,
    y: -((frame.height + top - margin) / scale - drawing.height) / 2,
  };
}

/** Zooms around a point of the frame, in pixels. */
export function zoom(view: View, by: number, at: { readonly x: number; readonly y: number }): View {
  const scale = clamp(view.scale * by);
  return { scale, x: view.x + at.x / view.scale - at.x / scale, y: view.y + at.y / view.scale - at.y / scale };
}

/** Moves the drawing, in pixels of the frame. */
export function move(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale };
}

/** Moves the drawing as little as brings a box of it into the frame. */
export function reveal(view: View, box: Size & { readonly x: number; readonly y: number }, frame: Size): View {
  const [width, height] = [frame.width / view.scale, frame.height / view.scale];
  return {
    ...view,
    x: Math.max(Math.min(view.x, box.x), box.x + box.width - width),
    y: Math.max(Math.min(view.y, box.y), box.y + box.height - height),
  };
}

function clamp(scale: number): number {
  return Math.min(Math.max(scale, smallest), largest);
}
