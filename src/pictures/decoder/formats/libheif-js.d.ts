/** What is used of libheif-js, which brings no types for its decoder. */
declare module "libheif-js/wasm-bundle.js" {
  interface HeifImage {
    get_width(): number;
    get_height(): number;
    is_primary(): boolean;
    has_alpha_channel(): boolean;
    /** Fills `target.data` with RGBA; null where it cannot be decoded. */
    display(target: Target, done: (shown: Target | null) => void): void;
  }
  interface Target {
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
  }
  const libheif: { readonly HeifDecoder: new () => { decode(bytes: Uint8Array): readonly HeifImage[] } };
  // biome-ignore lint/style/noDefaultExport: it is a CommonJS module
  export default libheif;
}
