import { motifs } from "./motifs/table.ts";
import type { Scene, Spot } from "./scene.ts";
import { findMentions } from "./words.ts";

const together = /\b(these|those|them|both|all|each|items|pictures|images|photos|collage|side by side)\b/;
const putting = /\b(add|put|place|print|paste|stick|copy|insert|apply|swap)\b.*\b(on|onto|to|in|into|over)\b/;
const editing = /^\W*(edit|change|turn|make|restyle)\b/;
const ordinals = ["first", "second", "third", "fourth"];

/**
 * Which of several pictures the others go onto, from 0; undefined when they are to be shown together in a new scene.
 * "Put the logo of 2 on the shirt of 1" means the first, "edit the second by adding the hat of the first" the second.
 */
export function targetOf(prompt: string, count: number): number | undefined {
  const text = prompt.toLowerCase();
  if (count === 1) return 0;
  if (!(putting.test(text) || editing.test(text)) || together.test(text)) return undefined;
  const named = [
    ...text.matchAll(
      /\b(\w+) (?:the )?(?:(?:picture|image|photo|number) )?(?:([1-4])|(first|second|third|fourth))\b/g,
    ),
  ]
    .map(([, word, digit, ordinal]) => ({
      from: word === "from",
      index: digit ? Number(digit) - 1 : ordinals.indexOf(ordinal ?? ""),
    }))
    .filter(({ index }) => index >= 0 && index < count);
  const [first] = named;
  const last = named.at(-1);
  if (!first || !last) return 0;
  if (editing.test(text)) return first.index;
  if (!last.from) return last.index;
  return last.index === 0 ? 1 : 0;
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
