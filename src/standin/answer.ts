import type { PictureRef } from "./record.ts";
import type { Scene } from "./scene/scene.ts";

/** An answer in words, from what is known: the scene on show, or what can be measured of the pictures sent. */
export function answer(prompt: string, scene: Scene | undefined, pictures: readonly PictureRef[]): string {
  void prompt;
  void scene;
  return pictures.length > 0 ? "I see a picture." : "I am a stand-in and can draw.";
}
