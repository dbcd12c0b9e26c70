/** How a picture lies in a frame: screen = picture * scale + (x, y). */
export interface Viewport {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The whole picture, in the middle of the frame, never larger than `most` times its own size. */
export function fit(picture: Size, frame: Size, most = 1): Viewport {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height, most);
  return {
    scale,
    x: (frame.width - picture.width * scale) / 2,
    y: (frame.height - picture.height * scale) / 2,
  };
}

/** Closer or further by `factor`, holding the point of the frame still. */
export function zoomAt(
  view: Viewport,
  factor: number,
  x: number,
  y: number,
  least: number,
  most = 16,
): Viewport {
  const scale = Math.min(most, Math.max(least, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
}

export function pan(view: Viewport, dx: number, dy: number): Viewport {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** Keeps the picture from leaving the frame: centred when it is smaller, covering it when it is larger. */
export function keepInside(view: Viewport, picture: Size, frame: Size): Viewport {
  return {
    scale: view.scale,
    x: inside(view.x, picture.width * view.scale, frame.width),
    y: inside(view.y, picture.height * view.scale, frame.height),
  };
}

/** The place in the picture under a point of the frame. */
export function toPicture(view: Viewport, x: number, y: number): readonly [x: number, y: number] {
  return [(x - view.x) / view.scale, (y - view.y) / view.scale];
}

function inside(start: number, length: number, room: number): number {
  if (length <= room) return (room - length) / 2;
  return Math.min(0, Math.max(room - length, start));
}
