import { createInk } from "../motifs/motif.ts";
import { motifs } from "../motifs/table.ts";
import { drawWorn } from "../motifs/worn.ts";
import { multiply, recolour } from "../pen/colour.ts";
import { toPalette } from "../pen/palette.ts";
import { group, n, oval, stroke } from "../pen/svg.ts";
import { isBare } from "../places/built.ts";
import type { Figure, Scene } from "../scene.ts";
import { paintBackdrop } from "./backdrop.ts";
import { drawBasketful, drawPasted, drawPrints, type Given, takesCuts } from "./cards.ts";
import { mark, title, veil, vignette, weather } from "./overlay.ts";
import { realism } from "./realism.ts";

/** How a scene is painted. Sizes in pixels. */
export interface Painting {
  readonly width: number;
  readonly height: number;
  /** 0: the backdrop alone; 1: rough shapes; 2: everything. */
  readonly detail: 0 | 1 | 2;
  /** Where a moving picture stands in its round, 0 to 1. */
  readonly phase?: number;
  /** SVG filter primitives that go over all of it. */
  readonly filter?: string;
  /** The given pictures by hash. */
  readonly pictures: ReadonlyMap<string, Given>;
}

/** A scene as an SVG. Nothing in it needs a font, a script or the network. */
export function paintScene(scene: Scene, painting: Painting): string {
  const { width, height } = painting;
  const scale = 1000 / Math.min(width, height);
  const [w, h] = [width * scale, height * scale];
  const { filter = "", phase } = painting;
  const palette = toPalette(scene);
  const canvas = scene.canvas === undefined ? undefined : painting.pictures.get(scene.canvas);
  const dim = canvas || scene.transparent ? ([1, 1, 1] as const) : palette.dim;
  const real = scene.style === "realistic";
  const backdrop = canvas || scene.transparent ? undefined : paintBackdrop(scene, palette, { w, h });
  const figures = painting.detail === 0 ? [] : scene.figures.toSorted((a, b) => depth(a) - depth(b));
  const skyward = figures.filter(({ motif }) => motifs[motif]?.stands === "sky");
  const others = figures.filter(({ motif }) => motifs[motif]?.stands !== "sky");
  const shadowed = !scene.transparent && !canvas && scene.place !== "underwater";
  const drawn = (list: readonly Figure[]) =>
    list.map((one) => drawFigure(one, { w, h }, phase, shadowed, real)).join("");
  const dark = !scene.transparent && (scene.time === "night" || scene.time === "sunset");
  const lit = (one: Figure) => (dark ? drawLights(one, { w, h }, phase) : "");
  const given = painting.detail === 0 ? [] : scene.cards.flatMap((hash) => painting.pictures.get(hash) ?? []);
  const prints = takesCuts(scene) ? "" : drawPrints(given, scene, { w, h });
  const basket = scene.spot ? undefined : figures.find(({ motif }) => motif === "basket");
  const sticker = scene.transparent ? group(drawn(figures), 'class="rim"') : "";
  const body = [
    real && backdrop ? group(backdrop.back, 'filter="url(#distance)"') : (backdrop?.back ?? ""),
    canvas
      ? `<image href="${canvas.url}" width="${n(w)}" height="${n(h)}" preserveAspectRatio="xMidYMid slice"/>${veil(scene, w, h)}`
      : "",
    drawn(skyward),
    // The lights of a city belong to its buildings, which stand behind everyone.
    backdrop && scene.place === "city" ? backdrop.lights : "",
    prints,
    sticker,
    // What shines is not dimmed, but whoever stands before it covers it.
    ...others.map((one) => recolour(drawn([one]), (colour) => multiply(colour, dim)) + lit(one)),
    ...figures.map((one) => recolour(drawArm(one, { w, h }, phase), (colour) => multiply(colour, dim))),
    basket && given.length > 0
      ? group(drawBasketful(given, basket), place({ ...basket, flip: false }, { w, h }, phase))
      : "",
    scene.spot ? drawPasted(given, scene.spot, { w, h }) : "",
    backdrop && scene.place !== "city" ? backdrop.lights : "",
    backdrop?.front ?? "",
    weather(scene, w, h),
    title(scene, w, h),
    scene.transparent || isBare(scene) ? "" : vignette(w, h),
    mark(scene, w, h),
  ].join("");
  // Where nothing can move by itself, the eye does.
  const view =
    phase === undefined || figures.length > 0
      ? `0 0 ${n(w)} ${n(h)}`
      : glance(phase, { w, h }).map(n).join(" ");
  const finished = filter ? group(body, 'filter="url(#finish)"') : body;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${view}"><defs><radialGradient id="edge" r="0.78"><stop offset="0.62" stop-color="#140a28" stop-opacity="0"/><stop offset="1" stop-color="#140a28" stop-opacity="0.28"/></radialGradient>${backdrop?.defs ?? ""}${real ? realism : ""}${filter && `<filter id="finish" filterUnits="userSpaceOnUse" x="0" y="0" width="${n(w)}" height="${n(h)}" color-interpolation-filters="sRGB">${filter}</filter>`}</defs><style>${css(scene)}</style>${finished}</svg>`;
}

/** What is in view of a picture that is looked at closely and let go again. */
function glance(phase: number, { w, h }: Extent): readonly [number, number, number, number] {
  const near = 0.05 * (1.2 - Math.cos(phase * Math.PI * 2));
  const aside = 0.5 + 0.5 * Math.sin(phase * Math.PI * 2);
  return [w * near * aside, h * near * 0.5, w * (1 - near), h * (1 - near)];
}

interface Extent {
  readonly w: number;
  readonly h: number;
}

function depth({ motif, y }: Figure): number {
  const found = motifs[motif];
  return (found?.stands === "sky" ? -2 : found?.behind ? -1 : 0) + y;
}

function place(figure: Figure, { w, h }: Extent, phase: number | undefined): string {
  const scale = (figure.size * 1000) / 200;
  // Whatever shape the picture has become, things stay within it.
  const half = Math.min(w / 2, figure.size * 500);
  const x = Math.min(w - half, Math.max(half, figure.x * w));
  const y = Math.max(Math.min(h * 0.96, figure.size * 1000 + 16), figure.y * h);
  // A tenth on, so that even two frames, half a round apart, find it in two places.
  const turn = ((phase ?? 0) + 0.1 + (figure.seed % 7) / 7) * Math.PI * 2;
  const [rise, lean] = phase === undefined ? [0, 0] : [Math.sin(turn), Math.cos(turn)];
  const air = motifs[figure.motif]?.stands !== "ground";
  const bob = rise * (air ? 16 : 4);
  const sway = lean * (air ? 3 : 4);
  return `transform="translate(${n(x)},${n(y + bob)}) rotate(${n(sway)}) scale(${n(figure.flip && figure.motif !== "sign" ? -scale : scale)},${n(scale)})"`;
}

function drawFigure(
  figure: Figure,
  extent: Extent,
  phase: number | undefined,
  shadow: boolean,
  real: boolean,
): string {
  const motif = motifs[figure.motif];
  if (!motif) return "";
  const ink = createInk(motif, figure.colour, figure.seed, figure.word);
  const under =
    shadow && motif.stands === "ground"
      ? oval(8, 0, 92, 11, "#1d1638", 'opacity="0.24" class="shade"')
      : shadow && motif.stands === "water"
        ? oval(0, 4, 104, 9, "#0d2040", 'opacity="0.2" class="shade"')
        : "";
  const worn = figure.wears ? drawWorn(figure.wears, motif) : "";
  const at = place(figure, extent, phase);
  if (!real) return group(under + motif.draw(ink) + worn, at);
  return group(under, at) + group(group(motif.draw(ink) + worn, at), 'filter="url(#volume)"');
}

/** The arm that one figure has around the next. */
function drawArm(figure: Figure, extent: Extent, phase: number | undefined): string {
  const motif = motifs[figure.motif];
  if (!figure.hugs || !motif) return "";
  const { main, dark, light } = createInk(motif, figure.colour, figure.seed, figure.word);
  const arm = "M-34,-88 C-64,-98 -92,-86 -118,-70";
  return group(
    stroke(arm, dark, 25) + stroke(arm, main, 20) + oval(-120, -68, 13, 11, light),
    place(figure, extent, phase),
  );
}

function drawLights(figure: Figure, extent: Extent, phase: number | undefined): string {
  const motif = motifs[figure.motif];
  if (!motif?.lights) return "";
  return group(
    motif.lights(createInk(motif, figure.colour, figure.seed, figure.word)),
    place(figure, extent, phase),
  );
}

/** Styles that are a matter of how shapes are filled. */
function css({ style, transparent }: Scene): string {
  const rim = transparent
    ? ".rim *{fill:#ffffff;stroke:#ffffff;stroke-width:22px;stroke-linejoin:round;opacity:1}.rim .shade{display:none}"
    : "";
  const line = (paper: string, ink: string) =>
    `path,rect,circle,ellipse{fill:${paper};stroke:${ink};stroke-width:2.2px}path[fill=none]{fill:none}.shade{display:none}.ink path{stroke:${ink};fill:none;stroke-width:1.8px}`;
  if (style === "lineart") return rim + line("#fdfaf3", "#2a2630");
  return style === "blueprint" ? rim + line("#1f4f9a", "#dcebff") : rim;
}
