import { motifs } from "../motifs/table.ts";
import type { Scene, Spot } from "../scene.ts";
import { findMentions } from "../words/words.ts";

const together = /\b(these|those|them|both|all|each|items|pictures|images|photos|collage|side by side)\b/;
const putting = /\b(add|put|place|print|paste|stick|copy|insert|apply|swap)\b.*\b(on|onto|to|in|into|over)\b/;
const editing = /^\W*(edit|change|turn|restyle|make (?!(me )?an? ))/;
const ordinals = ["first", "second", "third", "fourth"];

/** Whether the words put a picture onto another, rather than show them together. */
export function isPut(prompt: string): boolean {
  const text = prompt.toLowerCase();
  return (putting.test(text) || editing.test(text)) && !together.test(text);
}

/**
 * Which of the given pictures the others go onto, from 0; undefined when they are to be shown together in a new scene.
 * "Put the logo of 2 on the shirt of 1" means the first, "edit the second by adding the hat of the first" the second.
 */
export function targetOf(
  prompt: string,
  pictures: readonly { readonly label?: string }[],
): number | undefined {
  const text = prompt.toLowerCase();
  if (pictures.length === 1) return 0;
  if (!isPut(text)) return undefined;
  const named = [
    ...text.matchAll(
      /\b(\w+) (?:the )?(?:(?:picture|image|photo|number) )?(?:([1-9])|(first|second|third|fourth))\b/g,
    ),
  ]
    .map(([, word, digit, ordinal]) => ({
      from: word === "from",
      index: find(pictures, digit ? Number(digit) : ordinals.indexOf(ordinal ?? "") + 1),
    }))
    .filter(({ index }) => index >= 0 && index < pictures.length);
  const [first] = named;
  const last = named.at(-1);
  if (!first || !last) return 0;
  if (editing.test(text)) return first.index;
  // "Put the logo of 1 on her top" says whence, and not whereto.
  const whence =
    last.from || (named.length === 1 && /\b(of|from) [^.]*\b(on|onto|to|in|into|over)\b/.test(text));
  if (!whence) return last.index;
  return last.index === 0 ? 1 : 0;
}

/** The picture that is called by a number: by its label, else by its place. */
function find(pictures: readonly { readonly label?: string }[], number: number): number {
  const labelled = pictures.findIndex(({ label }) => label === `Picture ${number}`);
  return labelled >= 0 ? labelled : number - 1;
}

/** Where a given picture goes: onto what the words name, else the middle. In fractions of the picture. */
export function spotOf(prompt: string, scene: Scene): Spot {
  const text = ` ${prompt.toLowerCase()} `;
  const onto = /\b(?:on|onto|to|in|into|over)\b(?!.*\b(?:on|onto|into)\b)(.*)/.exec(text)?.[1] ?? text;
  const worn = /\b(top|t-?shirt|shirt|tee|sweater|jumper|hoodie|jacket|dress|apron|chest)\b/.test(onto);
  const motif = worn ? "person" : findMentions(onto)[0]?.motif;
  const figure = scene.figures.find((one) => one.motif === motif);
  if (figure) {
    const tall = (figure.size * Math.min(scene.width, scene.height)) / scene.height;
    const across = (figure.size * Math.min(scene.width, scene.height)) / scene.width;
    const size = motifs[figure.motif]?.behind ? 0.5 : worn ? 0.2 : 0.3;
    return { x: figure.x, y: figure.y - tall * (worn ? 0.48 : 0.4), width: across * size };
  }
  // A photo of somebody: the chest is below the middle.
  return worn ? { x: 0.5, y: 0.57, width: 0.17 } : { x: 0.5, y: 0.52, width: 0.34 };
}
