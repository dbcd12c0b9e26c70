/**
 * The first of the blocked phrases that words hold; undefined where they hold none. Whole words, however they are written:
 * upper or lower case, accents, invisible characters, letters of another alphabet or digits that look alike, letters with
 * spaces between them. In scripts that put no spaces between words a phrase counts anywhere. Linear in the words' length.
 */
export function blockedIn(words: string, phrases: readonly string[]): string | undefined {
  if (phrases.length === 0) return undefined;
  const text = toTokens(words);
  const spaced = ` ${text.join(" ")} `;
  const spelt = ` ${joinSpelt(text).join(" ")} `;
  return phrases.find((phrase) => {
    const wanted = toTokens(phrase).join(" ");
    if (wanted === "") return false;
    if (unspaced.test(wanted)) return spaced.includes(wanted);
    return spaced.includes(` ${wanted} `) || spelt.includes(` ${wanted} `);
  });
}

/** Scripts without spaces between words. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** What is not seen: format characters, variation selectors, fillers of no width. */
const invisible = /\p{Default_Ignorable_Code_Point}|\p{Cf}/gu;

/** Accents, which in these scripts leave the letter what it is; in others a mark is a letter of its own. */
const accents = /(?<=[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}])\p{Mn}+/gu;

/** What looks like a Latin letter, in lower case. */
const lookAlikes: ReadonlyMap<string, string> = new Map(
  [
    ...[
      "аa",
      "вb",
      "еe",
      "ѕs",
      "іi",
      "јj",
      "кk",
      "мm",
      "нh",
      "оo",
      "рp",
      "сc",
      "тt",
      "уy",
      "хx",
      "ԁd",
      "һh",
      "ԛq",
      "ԝw",
    ],
    ...["αa", "βb", "εe", "ιi", "κk", "νv", "οo", "ρp", "τt", "υu", "χx", "ηn", "γy"],
    ...["ıi", "łl", "øo", "đd", "ɡg", "ɑa", "ʟl", "ɴn", "ʀr"],
    ...["0o", "1i", "3e", "4a", "5s", "7t", "8b"],
  ].map((pair) => {
    const [from = "", to = ""] = pair;
    return [from, to];
  }),
);

/** Signs that stand for a letter inside of a word. */
const signs: ReadonlyMap<string, string> = new Map([
  ["@", "a"],
  ["$", "s"],
  ["!", "i"],
  ["|", "l"],
]);

/** Words as they are compared. */
function toTokens(words: string): readonly string[] {
  const plain = words
    .normalize("NFKD")
    .replace(invisible, "")
    .replace(accents, "")
    .normalize("NFC")
    .toUpperCase() // so that ß is SS
    .toLowerCase()
    .replace(/ς/g, "σ")
    .replace(/(?<=[\p{L}\p{N}])[@$!|]+(?=[\p{L}\p{N}])|[@$]+(?=\p{L})/gu, toLetters);
  const alike = [...plain].map((letter) => lookAlikes.get(letter) ?? letter).join("");
  return alike.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
}

function toLetters(all: string): string {
  return [...all].map((sign) => signs.get(sign) ?? sign).join("");
}

/** Letters that stand by themselves, three at least in a row, as the word that they spell. */
function joinSpelt(tokens: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let run: string[] = [];
  const close = () => {
    joined.push(...(run.length >= 3 ? [run.join("")] : run));
    run = [];
  };
  for (const token of tokens) {
    if ([...token].length === 1) run.push(token);
    else {
      close();
      joined.push(token);
    }
  }
  close();
  return joined;
}
