import type { Stroke } from "./history.ts";

/** A canvas in which opaque means painted, of the picture's natural size. */
export interface MaskCanvas {
  readonly element: HTMLCanvasElement;
  /** Draws all of it anew. */
  replay(strokes: readonly Stroke[]): void;
  /** Draws what came to a stroke since its point number `from`. */
  extend(stroke: Stroke, from: number): void;
  isEmpty(): boolean;
  /** A PNG that is transparent where painted and opaque elsewhere: what OpenAI takes as a mask. */
  toMask(): Promise<Blob>;
  /** A small picture of it over the picture, as an address. */
  toPreview(picture: HTMLImageElement): string;
}

/** `tint` is the colour to paint in, for the eye; the mask knows only painted and not. */
export function createMaskCanvas(width: number, height: number, tint: string): MaskCanvas {
  const element = document.createElement("canvas");
  element.width = width;
  element.height = height;
  const paint = context(element);
  paint.lineCap = "round";
  paint.lineJoin = "round";
  paint.strokeStyle = tint;
  paint.fillStyle = tint;

  function extend(stroke: Stroke, from: number): void {
    if (!("points" in stroke)) {
      if (stroke.kind === "clear") paint.clearRect(0, 0, width, height);
      else {
        paint.globalCompositeOperation = "xor";
        paint.fillRect(0, 0, width, height);
        paint.globalCompositeOperation = "source-over";
      }
      return;
    }
    paint.globalCompositeOperation = stroke.kind === "eraser" ? "destination-out" : "source-over";
    const { points, size } = stroke;
    for (let at = Math.max(0, from); at < points.length / 3; at += 1) {
      const [x = 0, y = 0, pressure = 1] = points.slice(at * 3, at * 3 + 3);
      const [fromX = x, fromY = y] = at > 0 ? points.slice(at * 3 - 3, at * 3 - 1) : [];
      paint.lineWidth = size * pressure;
      paint.beginPath();
      paint.moveTo(fromX, fromY);
      paint.lineTo(x, y + (fromX === x && fromY === y ? 0.01 : 0)); // a dot, too, leaves a mark
      paint.stroke();
    }
    paint.globalCompositeOperation = "source-over";
  }

  return {
    element,
    extend,
    replay(strokes) {
      paint.clearRect(0, 0, width, height);
      for (const stroke of strokes) extend(stroke, 0);
    },
    isEmpty() {
      const { data } = paint.getImageData(0, 0, width, height);
      for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) >= 128) return false;
      return true;
    },
    async toMask() {
      const pixels = paint.getImageData(0, 0, width, height);
      const { data } = pixels;
      for (let at = 0; at < data.length; at += 4) {
        const painted = (data[at + 3] ?? 0) >= 128;
        data[at] = data[at + 1] = data[at + 2] = 255;
        data[at + 3] = painted ? 0 : 255;
      }
      const mask = new OffscreenCanvas(width, height);
      mask.getContext("2d")?.putImageData(pixels, 0, 0);
      return mask.convertToBlob({ type: "image/png" });
    },
    toPreview(picture) {
      const small = document.createElement("canvas");
      const scale = Math.min(1, 128 / Math.min(width, height));
      small.width = Math.max(1, Math.round(width * scale));
      small.height = Math.max(1, Math.round(height * scale));
      const draw = context(small);
      draw.drawImage(picture, 0, 0, small.width, small.height);
      draw.globalAlpha = 0.65;
      draw.drawImage(element, 0, 0, small.width, small.height);
      return small.toDataURL("image/png");
    },
  };
}

function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const found = canvas.getContext("2d", { willReadFrequently: false });
  if (!found) throw new Error("This browser cannot paint. Update it, or attach a mask as a file.");
  return found;
}
