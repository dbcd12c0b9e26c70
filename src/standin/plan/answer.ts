import type { PictureRef } from "../kept/record.ts";
import type { Scene } from "../scene/scene.ts";
import { colourName } from "../scene/words/colour-name.ts";
import { counted, describe, listWords } from "../scene/words/describe.ts";
import { understand } from "../scene/words/words.ts";

/** An answer in words, from what is known: the scene on show, or what can be measured of the pictures sent. */
export function answer(prompt: string, scene: Scene | undefined, pictures: readonly PictureRef[]): string {
  const text = prompt.slice(0, 4000).toLowerCase();
  if (/^\s*(hello|hi|hey)\b/.test(text)) return `Hello! ${what}`;
  if (/^\s*(thanks|thank you)\b/.test(text))
    return "You are welcome. Tell me what to change, or ask for something new.";
  if (pictures.length > 0) return ofPictures(pictures);
  if (!scene) return what;
  if (/\b(read|text|say|says|letters?|written|words?)\b/.test(text)) {
    return scene.lettering
      ? `The picture is lettered “${scene.lettering}”.`
      : "There is no lettering in the picture, apart from a small mark in the corner that says it is a stand-in's.";
  }
  if (/\bhow many\b/.test(text)) return howMany(text, scene);
  const asked = understand(text).mentions.find(({ motif }) =>
    scene.figures.some((one) => one.motif === motif),
  );
  if (asked && /\bcolou?r\b/.test(text)) {
    const colour = scene.figures.find(({ motif }) => motif === asked.motif)?.colour;
    return `The ${asked.word} is ${colour ? colourName(colour) : "in its usual colour"}.`;
  }
  if (asked && /^\s*where\b/.test(text)) {
    const x = scene.figures.find(({ motif }) => motif === asked.motif)?.x ?? 0.5;
    return `The ${asked.word} is ${x < 0.4 ? "on the left" : x > 0.6 ? "on the right" : "in the middle"} of the picture.`;
  }
  if (/^\s*(is|are) there\b/.test(text)) {
    return asked
      ? `Yes: I see ${listWords(counted(scene))}.`
      : `No. I see ${listWords(counted(scene)) || "an open view"}.`;
  }
  return `The picture shows this: ${describe(scene)}`;
}

const what =
  "I am a stand-in for the real model: I draw small illustrated scenes without any key or network. Ask for a picture, such as “a fox in a snowy forest at night”, and then for changes to it.";

function howMany(text: string, scene: Scene): string {
  const asked = understand(text).mentions[0];
  if (!asked) return `I count ${listWords(counted(scene)) || "nothing but the view"}.`;
  const found = scene.figures.filter(({ motif }) => motif === asked.motif).length;
  return found === 0
    ? `None: there is no ${asked.word} in the picture.`
    : `There ${found === 1 ? `is one ${asked.word}` : `are ${found} of them (${asked.word})`}.`;
}

function ofPictures(pictures: readonly PictureRef[]): string {
  const said = pictures.map(({ width, height, colour, format }, index) => {
    const shape = width > height * 1.15 ? "landscape" : height > width * 1.15 ? "portrait" : "nearly square";
    const name = pictures.length === 1 ? "The picture" : `Picture ${index + 1}`;
    return `${name} is ${shape} (${width}x${height} pixels, ${format.toUpperCase()}), mostly ${colourName(colour)}.`;
  });
  return `${said.join(" ")} I am a stand-in, so that is all I can measure; ask me to change it and I will draw on it.`;
}
