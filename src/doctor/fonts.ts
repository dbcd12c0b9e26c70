import { rasterise } from "../pictures/jobs.ts";
import { type Finding, ill, well } from "../seam/watch/finding.ts";

/** Whether words in drawings (SVG) can be shown: without any font they are left out. Never rejects. */
export async function examineFonts(
  draw: (svg: string) => Promise<Uint8Array> = drawn,
): Promise<readonly Finding[]> {
  try {
    const [words, none] = await Promise.all([draw(toSvg("Words")), draw(toSvg(""))]);
    if (!Buffer.from(words).equals(none)) return [well("fonts", "Words in drawings are shown")];
    const mend = "Install fontconfig and a font: apt-get install fontconfig fonts-dejavu-core.";
    return [ill("fonts", "warning", "There is no font, so words in drawings (SVG) are left out", mend)];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      ill("fonts", "error", `Pictures cannot be opened: ${why}`, "Install what is needed anew: npm ci."),
    ];
  }
}

async function drawn(svg: string): Promise<Uint8Array> {
  return (await rasterise(Buffer.from(svg))).bytes;
}

function toSvg(words: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60"><rect width="200" height="60" fill="white"/><text x="10" y="40" font-size="30" font-family="sans-serif">${words}</text></svg>`;
}
