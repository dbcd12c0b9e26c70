/** What the manifest registers, by the names it comes back with. */
export const commandNames = { draw: "/draw" } as const;

/** Callback ids: the first three on messages, the last one everywhere. */
export const shortcutNames = {
  edit: "edit_picture",
  reference: "use_as_reference",
  describe: "describe_picture",
  draw: "draw",
} as const;

/** Words after /draw that are for us and not for the model. */
const privately = /(^|\s)--private(?=\s|$)/i;

/** What somebody typed behind /draw. Empty text asks for the form. */
export function parseDraw(text: string): { readonly text: string; readonly private: boolean } {
  return { text: text.replace(privately, "").trim(), private: privately.test(text) };
}
