/** Words for what somebody points at, by language: how it is pointed at, and what. Lower case, as parts of a RegExp. */
const languages: readonly { readonly near: string; readonly far?: string; readonly what: string }[] = [
  {
    near: "this|these",
    far: "that|those",
    what: "pictures?|pics?|images?|photos?|photographs?|drawings?|paintings?|sketch|sketches|screenshots?|illustrations?",
  },
  { near: "diese[rsmn]?", what: "bild|bilds|bildes|bilde|bilder|bildern|fotos?|zeichnung(?:en)?" },
  { near: "ce|cet|cette|ces", what: "images?|photos?|dessins?|illustrations?" },
  { near: "est[ea]|est[oa]s|es[ea]|es[oa]s", what: "im[aá]gen|im[aá]genes|fotos?|dibujos?" },
  { near: "quest[aoei]|quest['’]", what: "immagin[ei]|foto|disegn[oi]" },
  { near: "est[ea]s?|ess[ea]s?", what: "imagem|imagens|fotos?|desenhos?" },
];

/** With one of these it is no picture that is pointed at: “this is a picture of …”. */
const others = "is|are|was|a|an|the|as|in|into|to|on|of|with|for|ist|ein|eine|als|est|un|une|es|una|uma";

/** What is near may be described on the way: “this lovely old photo”. */
const patterns = languages.map(({ near, far = near, what }) => {
  const end = `(?:${what})(?![\\p{L}\\p{N}])`;
  const described = `(?:(?!(?:${others})\\s)[\\p{L}'’-]{1,30}\\s{1,3}){0,2}?`;
  return new RegExp(
    `(?<![\\p{L}\\p{N}])(?:(?:${near})(?:\\s{1,3}|(?<=['’]))${described}${end}|(?:${far})\\s{1,3}${end})`,
    "iu",
  );
});

/** Whether words point at a picture that is before one's eyes: “this picture”, and no picture that is to be. Pure. */
export function pointsAtPicture(text: string): boolean {
  return patterns.some((pattern) => pattern.test(text));
}
