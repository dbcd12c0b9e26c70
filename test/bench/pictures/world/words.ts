/** What the stand-in tells. Times are those of `now`; `event`: the number of a sketch, or the picture. */
export type ReplayWord =
  | { readonly kind: "ready"; readonly port: number; readonly shapes: Shapes }
  | { readonly kind: "asked"; readonly picture: number; readonly at: number }
  | {
      readonly kind: "sent";
      readonly picture: number;
      readonly event: number | "final";
      readonly at: number;
    };

/** By what the pictures are known again. */
export interface Shapes {
  readonly finalBytes: number;
  /** Width by height of the sketches, and of the picture. */
  readonly partials: readonly number[];
  readonly final: number;
}

/** Pictures that are shown in a place now. */
export interface Shown {
  readonly id: string;
  readonly bytes: number;
  /** Absent while the platform has not looked at it. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** One platform with `places`, and somebody in each. */
export interface Town {
  /** What a bot has to know to come in. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when the bot can be asked. */
  open(): Promise<void>;
  /** Somebody asks for a picture in their place; resolves when the bot has acknowledged it. */
  ask(place: number, words: string): Promise<void>;
  shown(place: number): readonly Shown[];
  /** As the simulator's. */
  waitFor(look: () => boolean, options: { readonly timeoutMs: number }): Promise<unknown>;
}

/** What the town tells. Times are those of `now`. */
export type TownWord =
  | { readonly kind: "ready"; readonly env: Town["env"] }
  | { readonly kind: "open" }
  | { readonly kind: "said" | "acknowledged" | "there"; readonly picture: number; readonly at: number }
  | { readonly kind: "sketch"; readonly picture: number; readonly sketch: number; readonly at: number };

/** What it is told. */
export type TownOrder =
  | { readonly kind: "open" }
  | { readonly kind: "ask"; readonly from: number; readonly to: number; readonly shapes: Shapes };
