import assert from "node:assert/strict";
import { test } from "node:test";
import { pointsAtPicture } from "../../src/seam/words/pointing.ts";

test("words that point at a picture", () => {
  for (const words of [
    "make this picture night",
    "This image, as a stamp --size square",
    "put a hat on the fox in that photo",
    "what is in this lovely old photograph?",
    "THESE PICTURES side by side",
    "mach dieses Bild heller",
    "auf diesem alten Foto soll es schneien",
    "rends cette image plus claire",
    "haz esta imagen más clara",
    "rendi questa immagine più chiara",
    "quest'immagine di notte",
    "esta imagem à noite",
  ])
    assert.ok(pointsAtPicture(words), words);
});

test("words that do not", () => {
  for (const words of [
    "",
    "a red fox in snow",
    "a picture of a fox",
    "this fox, please",
    "draw this: a picture of a lighthouse",
    "a machine that takes a photo",
    "a wall on which the children hang pictures",
    "this is a picture-book house, painted",
    "this is the picture I want: a fox",
    "dies ist ein Bild von einem Fuchs",
    "male das Bild einer Stadt",
    "thistle image",
    "the imaginary photosphere",
  ])
    assert.ok(!pointsAtPicture(words), words);
});
