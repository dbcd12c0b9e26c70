/** Where a scene plays. */
export type Place =
  | "meadow"
  | "sea"
  | "beach"
  | "mountains"
  | "forest"
  | "city"
  | "desert"
  | "river"
  | "garden"
  | "snow"
  | "sky"
  | "space"
  | "underwater"
  | "room"
  | "pool"
  | "lounge"
  | "studio";

export type Time = "day" | "dawn" | "sunset" | "night";

export type Weather = "clear" | "rain" | "snow" | "fog";

export type Style =
  | "plain"
  | "realistic"
  | "watercolor"
  | "pixel"
  | "lineart"
  | "noir"
  | "poster"
  | "blueprint"
  | "neon";

export type Grade = "none" | "warm" | "cool" | "mono" | "vivid" | "faded" | "dark" | "bright";

/** One thing in a scene. Positions in fractions of the picture: `x`, `y` is where it stands. */
export interface Figure {
  /** A name in the table of motifs. */
  readonly motif: string;
  /** The word that asked for it. */
  readonly word: string;
  readonly x: number;
  readonly y: number;
  /** Its height as a fraction of the picture's shorter side. */
  readonly size: number;
  readonly colour?: string;
  readonly flip: boolean;
  readonly seed: number;
  readonly wears?: Worn;
  /** It has an arm around the one placed after it. */
  readonly hugs?: boolean;
}

/** Something worn. Colours are `#rrggbb`. */
export interface Worn {
  readonly item: "scarf" | "hat";
  readonly colour?: string;
}

/** A place within a picture, in fractions of it: its middle, and how wide. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The part of a picture that a mask leaves open, in fractions of it, by its upper left corner. */
export interface Hole {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Everything a picture shows, small enough to keep: the picture follows from it. */
export interface Scene {
  readonly seed: number;
  /** The shape it was composed for, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly place: Place;
  readonly time: Time;
  readonly weather: Weather;
  readonly style: Style;
  readonly grade: Grade;
  readonly figures: readonly Figure[];
  /** A colour that the backdrop leans to, `#rrggbb`. */
  readonly tint?: string;
  readonly lettering?: string;
  readonly transparent: boolean;
  /** The picture that everything is drawn onto, by hash, in place of a place. */
  readonly canvas?: string;
  /** Pictures shown within the scene, in order, by hash. */
  readonly cards: readonly string[];
  /** Where those pictures go, cut out; absent: into a basket if there is one, else pinned up as prints. */
  readonly spot?: Spot;
  /** The given pictures are followed loosely. */
  readonly loose?: boolean;
  /** A river made of things: a motif and its colour. */
  readonly course?: { readonly motif: string; readonly colour?: string };
  /** How much there is of what nobody asked for. */
  readonly complexity?: "low" | "medium" | "high";
  /** A seed: all colours lean a little, so that one edit differs from another of the same words. */
  readonly lean?: number;
  /** Only what the mask leaves open is this scene; the rest stays as in `base`. */
  readonly patch?: { readonly mask: string; readonly base: Scene };
}

/** What a picture is asked to show. */
export interface Ask {
  readonly prompt: string;
  /** Which of the pictures of one response, from 0. */
  readonly take: number;
  /** Tells requests of the same words apart; empty for the first. */
  readonly variant: string;
  readonly action: "auto" | "generate" | "edit";
  readonly transparent: boolean;
  readonly complexity?: "low" | "medium" | "high";
  /** The given pictures need not be kept closely. */
  readonly loose: boolean;
  readonly pictures: readonly {
    readonly hash: string;
    readonly width: number;
    readonly height: number;
    /** What the words call it, e.g. `Picture 2`. */
    readonly label?: string;
  }[];
  /** A colour to lean to, `#rrggbb`: what is taken from a picture that is given for its style. */
  readonly tint?: string;
  /** The picture to change. */
  readonly parent?: Scene;
  /** The only part that changes. */
  readonly hole?: Hole;
}

/** One call of the image tool, decided before it is drawn. */
export interface Draw {
  readonly scene: Scene;
  readonly width: number;
  readonly height: number;
  readonly format: "png" | "webp" | "jpeg" | "gif" | "svg";
  readonly imageModel: string;
  readonly quality: "low" | "medium" | "high" | "xhigh" | "max";
  readonly background: "transparent" | "opaque";
  readonly action: "generate" | "edit";
  /** 0 to 100. */
  readonly compression: number;
  /** Sketches to send. */
  readonly partials: number;
  readonly frames: number;
  readonly frameMs: number;
  readonly prompt: string;
  readonly revised: string;
  readonly references: readonly { readonly width: number; readonly height: number }[];
  readonly highFidelity: boolean;
  readonly refusal?: { readonly stage: "input" | "output"; readonly categories: readonly string[] };
  /** A fault: the bytes are no picture. */
  readonly garbage?: boolean;
}
