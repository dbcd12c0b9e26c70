/** What the manifest registers, by the names it comes back with. */
export const commandNames = { draw: "/draw" } as const;

/** Callback ids: the first three on messages, the last one everywhere. */
export const shortcutNames = {
  edit: "edit_picture",
  reference: "use_as_reference",
  describe: "describe_picture",
  draw: "draw",
} as const;

/** What somebody's words say of who may see the picture. */
export interface Privacy {
  /** The words without that. */
  readonly text: string;
  /** `perhaps`: “private” stands behind a dash as it may in prose, too. */
  readonly wish: "none" | "perhaps" | "asked";
}

/** Dashes of all kinds: phones make one long one of two short ones. Some get characters with them that nobody sees. */
const dash = String.raw`[\p{Pd}\u2043\u2212]`;
const gap = String.raw`[\s\p{Cf}]{0,20}`;
const opening = String.raw`["'\x60*_~(\[{<\p{Pi}\p{Ps}]{0,8}`;
const closing = String.raw`["'\x60*_~)\]}>\p{Pf}\p{Pi}\p{Pe}]{0,8}`;
const marks = "[.,;:!?…]{0,8}";

const privately = new RegExp(
  `(?<open>${opening})(?<dashes>${dash}(?:${gap}${dash}){0,20})(?<apart>${gap})(?<within>${opening})(?:private|(?<=--)privately)(?![\\p{L}\\p{N}])`,
  "giu",
);
const setTo = new RegExp(
  `^(?:${gap}=${gap}|:)${opening}(?:(?<no>false|no|off|0)|true|yes|on|1)(?![\\p{L}\\p{N}])`,
  "iu",
);
const closed = new RegExp(`^${closing}${marks}${closing}(?=\\s|$)`, "u");
/** Quotes that were not opened just before it belong to what stands around it. */
const unopened = new RegExp(`^${marks}(?=${closing}${marks}(?:\\s|$))`, "u");
const over = new RegExp(`^${closing}${marks}\\s*(?:$|${dash}(?=\\S))`, "u");

/** Takes `--private` out of a text, however it is written; `--private=no` counts for nothing. */
export function parsePrivacy(text: string): Privacy {
  const wishes = new Set<Privacy["wish"]>();
  let rest = "";
  let at = 0;
  for (const { 0: all, index, groups = {} } of text.matchAll(privately)) {
    const { open = "", dashes = "", apart = "", within = "" } = groups;
    const isGlued = open === "" && /[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, index - 2), index));
    if (isGlued && apart === "" && /^[-\u2010\u2011]$/.test(dashes)) continue; // “semi-private” is a word
    const value = setTo.exec(text.slice(index + all.length));
    const end = index + all.length + (value?.[0].length ?? 0);
    const tail = (open || within || value ? closed : unopened).exec(text.slice(end));
    const isLast = tail !== null && over.test(text.slice(end + tail[0].length));
    const isFlag = tail !== null && (isLast || (apart === "" && !isGlued));
    if (!value?.groups?.no) {
      const isProse = !isFlag && new RegExp(`^${dash}$`, "u").test(dashes);
      wishes.add(isProse ? "perhaps" : "asked");
    }
    if (!isFlag) continue;
    rest += text.slice(at, index).trimEnd();
    at = end + tail[0].length;
  }
  const wish = wishes.has("asked") ? "asked" : wishes.has("perhaps") ? "perhaps" : "none";
  return { text: (rest + text.slice(at)).trim(), wish };
}

/** What somebody typed behind /draw. Empty text asks for the form. Where it is in doubt, nobody else sees the answer. */
export function parseDraw(words: string): { readonly text: string; readonly private: boolean } {
  const { text, wish } = parsePrivacy(words);
  return { text, private: wish !== "none" };
}
