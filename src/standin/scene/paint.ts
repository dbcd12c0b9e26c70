import { paintBackdrop } from "./backdrop.ts";
import { brightness, multiply, recolour } from "./colour.ts";
import { letters, lines } from "./lettering.ts";
import { createInk } from "./motifs/motif.ts";
import { motifs } from "./motifs/table.ts";
import { toPalette } from "./palette.ts";
import { between, createRandom } from "./random.ts";
import type { Figure, Scene } from "./scene.ts";
import { flakes } from "./scenery.ts";
import { box, group, n, oval, stroke } from "./svg.ts";

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
  /** Pictures as data URLs, by hash; `cut`: without the ground they were photographed on. */
  readonly pictures: ReadonlyMap<
    string,
    { readonly url: string; readonly width: number; readonly height: number; readonly cut: boolean }
  >;
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
  const backdrop = canvas || scene.transparent ? undefined : paintBackdrop(scene, palette, { w, h });
  const figures = painting.detail === 0 ? [] : scene.figures.toSorted((a, b) => depth(a) - depth(b));
  const skyward = figures.filter(({ motif }) => motifs[motif]?.stands === "sky");
  const others = figures.filter(({ motif }) => motifs[motif]?.stands !== "sky");
  const drawn = (list: readonly Figure[], more = "") =>
    list
      .map((one) =>
        drawFigure(one, { w, h }, phase, !scene.transparent && !canvas && scene.place !== "underwater", more),
      )
      .join("");
  const dark = !scene.transparent && (scene.time === "night" || scene.time === "sunset");
  const lit = (one: Figure) => (dark ? drawLights(one, { w, h }, phase) : "");
  const cards = painting.detail === 0 ? "" : drawCards(scene, painting, { w, h });
  const sticker = scene.transparent ? group(drawn(figures), 'class="rim"') : "";
  const body = [
    backdrop?.back ?? "",
    canvas
      ? `<image href="${canvas.url}" width="${n(w)}" height="${n(h)}" preserveAspectRatio="xMidYMid slice"/>${veil(scene, w, h)}`
      : "",
    drawn(skyward),
    // The lights of a city belong to its buildings, which stand behind everyone.
    backdrop && scene.place === "city" ? backdrop.lights : "",
    cards,
    sticker,
    // What shines is not dimmed, but whoever stands before it covers it.
    ...others.map((one) => recolour(drawn([one]), (colour) => multiply(colour, dim)) + lit(one)),
    backdrop && scene.place !== "city" ? backdrop.lights : "",
    backdrop?.front ?? "",
    weather(scene, w, h),
    title(scene, w, h),
    scene.transparent ? "" : vignette(w, h),
    mark(scene, w, h),
  ].join("");
  // Where nothing can move by itself, the eye does.
  const view =
    phase === undefined || figures.length > 0
      ? `0 0 ${n(w)} ${n(h)}`
      : glance(phase, { w, h }).map(n).join(" ");
  const finished = filter ? group(body, 'filter="url(#finish)"') : body;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${view}"><defs><radialGradient id="edge" r="0.78"><stop offset="0.62" stop-color="#140a28" stop-opacity="0"/><stop offset="1" stop-color="#140a28" stop-opacity="0.28"/></radialGradient>${backdrop?.defs ?? ""}${filter && `<filter id="finish" filterUnits="userSpaceOnUse" x="0" y="0" width="${n(w)}" height="${n(h)}" color-interpolation-filters="sRGB">${filter}</filter>`}</defs><style>${css(scene)}</style>${finished}</svg>`;
}

/** What is in view of a picture that is looked at closely and let go again. */
function glance(phase: number, { w, h }: Extent): readonly [number, number, number, number] {
  const near = 0.04 * (1 - Math.cos(phase * Math.PI * 2));
  return [w * near * 0.5, h * near * 0.5, w * (1 - near), h * (1 - near)];
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
  const moving = phase === undefined ? 0 : Math.sin((phase + 0.1 + (figure.seed % 7) / 7) * Math.PI * 2);
  const air = motifs[figure.motif]?.stands !== "ground";
  const bob = moving * (air ? 16 : 0);
  const sway = moving * (air ? 3 : 4);
  return `transform="translate(${n(x)},${n(y + bob)}) rotate(${n(sway)}) scale(${n(figure.flip && figure.motif !== "sign" ? -scale : scale)},${n(scale)})"`;
}

function drawFigure(
  figure: Figure,
  extent: Extent,
  phase: number | undefined,
  shadow: boolean,
  more: string,
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
  return group(under + motif.draw(ink), `${place(figure, extent, phase)}${more}`);
}

function drawLights(figure: Figure, extent: Extent, phase: number | undefined): string {
  const motif = motifs[figure.motif];
  if (!motif?.lights) return "";
  return group(
    motif.lights(createInk(motif, figure.colour, figure.seed, figure.word)),
    place(figure, extent, phase),
  );
}

/** The given pictures as prints, in order, a little askew. */
function drawCards(scene: Scene, painting: Painting, { w, h }: Extent): string {
  const count = scene.cards.length;
  if (count === 0) return "";
  const random = createRandom(scene.seed ^ 0xca4d);
  const rows = count > 4 ? 2 : 1;
  const each = Math.ceil(count / rows);
  const side = Math.min((w * 0.86) / each, h * (rows === 2 ? 0.3 : 0.44));
  return scene.cards
    .map((hash, index) => {
      const picture = painting.pictures.get(hash);
      if (!picture) return "";
      const [row, column] = [Math.floor(index / each), index % each];
      const inRow = row === rows - 1 ? count - each * (rows - 1) : each;
      const x = w / 2 + (column - (inRow - 1) / 2) * ((w * 0.9) / each);
      const y = h * (rows === 2 ? 0.26 + row * 0.34 : 0.42) + between(random, -14, 14);
      const ratio = Math.min(1.5, Math.max(0.67, picture.width / picture.height));
      const [cw, ch] = ratio > 1 ? [side * 0.88, (side * 0.88) / ratio] : [side * 0.88 * ratio, side * 0.88];
      const rim = side * 0.045;
      return group(
        [
          box(
            -cw / 2 - rim + 6,
            -ch / 2 - rim + 9,
            cw + rim * 2,
            ch + rim * 2.8,
            "#1d1638",
            3,
            'opacity="0.3" class="shade"',
          ),
          box(-cw / 2 - rim, -ch / 2 - rim, cw + rim * 2, ch + rim * 2.8, "#fffaf0", 3),
          `<image href="${picture.url}" x="${n(-cw / 2)}" y="${n(-ch / 2)}" width="${n(cw)}" height="${n(ch)}" preserveAspectRatio="xMidYMid slice"/>`,
          box(-34, -ch / 2 - rim - 12, 68, 24, "#f2cf7a", 2, 'opacity="0.8"'),
        ].join(""),
        `transform="translate(${n(x)},${n(y)}) rotate(${n(between(random, -4.5, 4.5))})"`,
      );
    })
    .join("");
}

/** What the hour does to a picture that was given. */
function veil({ time, tint }: Scene, w: number, h: number): string {
  const over = (colour: string, opacity: number, mode: string) =>
    box(0, 0, w, h, colour, 0, `opacity="${opacity}" style="mix-blend-mode:${mode}"`);
  const lean = tint ? over(tint, 0.5, "soft-light") + over(tint, 0.18, "normal") : "";
  if (time === "night") return lean + over("#16245c", 0.78, "multiply") + over("#20306a", 0.18, "screen");
  if (time === "sunset") return lean + over("#ff8a3c", 0.5, "soft-light") + over("#ff9a6a", 0.22, "multiply");
  return time === "dawn" ? lean + over("#ffc0b0", 0.45, "soft-light") : lean;
}

function weather({ weather: kind, seed, transparent }: Scene, w: number, h: number): string {
  const random = createRandom(seed ^ 0x3ea7);
  if (transparent) return "";
  if (kind === "snow") return flakes(random, w, h, 150);
  if (kind === "rain") {
    const drops = Array.from(
      { length: 190 },
      () => `M${n(random() * w * 1.1)},${n(random() * h)} l-9,${n(between(random, 26, 50))}`,
    ).join(" ");
    return box(0, 0, w, h, "#3a4a6a", 0, 'opacity="0.16"') + stroke(drops, "#e2ecf6", 2.4, 'opacity="0.5"');
  }
  if (kind === "fog")
    return [0.42, 0.58, 0.7, 0.84]
      .map((at, k) =>
        oval(
          w * (0.3 + 0.4 * random()),
          h * at,
          w * 0.7,
          h * 0.075,
          "#f4f2ee",
          `opacity="${0.32 + k * 0.05}"`,
        ),
      )
      .join("");
  return "";
}

/** Letters across the picture: large at the foot, on a band of their own. */
function title(
  { lettering, figures, place: where, tint, canvas, transparent }: Scene,
  w: number,
  h: number,
): string {
  if (!lettering) return "";
  const set = lines(lettering, 18).slice(0, 4);
  const bare = figures.length === 0 && where === "studio" && !canvas;
  const each = (bare ? 150 : 104) / (set.length > 2 ? 1.35 : 1);
  const middle = bare ? h * 0.47 : h * 0.14;
  const dark = tint ? brightness(tint) < 0.5 : true;
  return set
    .map((line, index) => {
      const at = {
        x: w / 2,
        y: middle + (index - (set.length - 1) / 2) * each * 1.28,
        width: w * (bare ? 0.56 : 0.84),
        height: each * 0.86,
        tracking: 1.2,
      };
      const shadow = letters(line, {
        ...at,
        y: at.y + 5,
        x: at.x + 3,
        colour: "#1d1638",
        weight: 0.17,
        more: 'opacity="0.45"',
      });
      return (
        (transparent ? "" : shadow) +
        letters(line, {
          ...at,
          colour: transparent ? "#2a2540" : dark ? "#fffaf0" : "#fff6e0",
          weight: 0.145,
        })
      );
    })
    .join("");
}

function vignette(w: number, h: number): string {
  return box(0, 0, w, h, "url(#edge)", 0, 'class="shade"');
}

/** Every picture says in a corner that it is a stand-in's. */
function mark({ transparent }: Scene, w: number, h: number): string {
  const at = { x: w - 62, y: h - 22, width: 84, height: 11, tracking: 2.2 };
  const under = letters("stand-in", {
    ...at,
    y: at.y + 1,
    colour: "#1d1638",
    weight: 0.17,
    more: 'opacity="0.5"',
  });
  return transparent
    ? letters("stand-in", { ...at, colour: "#7a7488", weight: 0.13, more: 'opacity="0.7"' })
    : under + letters("stand-in", { ...at, colour: "#fffaf0", weight: 0.13, more: 'opacity="0.85"' });
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
