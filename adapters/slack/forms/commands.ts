/** What the manifest registers, by the names it comes back with. */
export const commandNames = { draw: "/draw" } as const;

/** Callback ids: the first three on messages, the last one everywhere. */
export const shortcutNames = {
  edit: "edit_picture",
  reference: "use_as_reference",
  describe: "describe_picture",
  draw: "draw",
} as const;

/** Words after /draw that are for us and not for the model. Phones make one long dash of two short ones. */
const privately = /(^|\s)(?:--|[\u2012-\u2015\u2212]-?)private(?=\s|$)/giu;

/** What somebody typed behind /draw. Empty text asks for the form. */
export function parseDraw(text: string): { readonly text: string; readonly private: boolean } {
  const rest = text.replace(privately, "");
  return { text: rest.trim(), private: rest !== text };
}
