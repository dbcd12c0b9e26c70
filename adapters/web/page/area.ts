import { render } from "lit-html";
import { dropDraft, findDraft, keepDraft } from "./area/draft.ts";
import { AreaError, fetchPicture, sendArea } from "./area/send.ts";
import { type AreaState, areaView } from "./area/view.ts";
import { createEasel, type Easel } from "./mask/easel.ts";
import { createResending } from "./server/resend.ts";

const root = document.querySelector<HTMLElement>("#area") ?? document.body;
let state: AreaState = { phase: "loading" };
/** By which the picture is known on another page. */
let picture = "";
/** One sending broke off, and nobody knows whether it came through. */
let unsure = false;
const resending = createResending();

show(state);
followKeyboard();
addEventListener("resize", growWords);
addEventListener("online", resending.hurry);
addEventListener("beforeunload", (event) => {
  if (isUnsent()) event.preventDefault();
});
try {
  const fetched = await fetchPicture();
  picture = fetched.id;
  open(fetched.picture);
} catch (error) {
  const { message, status } = toAreaError(error);
  show({ phase: "failed", message, again: !isOver(status) });
}

function show(next: AreaState): void {
  state = next;
  render(areaView(state, { type, send: () => void send() }), root);
}

function open(image: HTMLImageElement): void {
  const draft = findDraft(picture);
  const easel: Easel = createEasel(image, draft?.strokes ?? [], () => {
    if (state.phase !== "painting") return;
    const { text } = state;
    keepDraft(picture, { text, strokes: easel.strokes() });
    show({ phase: "painting", easel, text }); // what it complained of may be put right now
  });
  show({ phase: "painting", easel, text: draft?.text ?? "" });
  growWords();
  const place = document.querySelector<HTMLElement>(".area-easel");
  if (!place) return;
  place.addEventListener("pointerdown", putKeyboardAway, { capture: true });
  place.addEventListener("keydown", easel.press);
  place.addEventListener("keyup", easel.release);
  easel.attach(place, new AbortController().signal);
}

function type(text: string): void {
  if (state.phase !== "painting") return;
  const { easel } = state;
  keepDraft(picture, { text, strokes: easel.strokes() });
  show({ phase: "painting", easel, text });
  growWords();
}

/** Pressed again while it is on its way, it does nothing. */
async function send(): Promise<void> {
  if (state.phase !== "painting") return;
  const { easel, text: typed } = state;
  const text = typed.trim();
  const complain = (problem: string) => show({ phase: "painting", easel, text: typed, problem });
  if (easel.isEmpty()) return complain("Paint over the part of the picture that should change.");
  if (text === "") {
    complain("Say what should change there.");
    wordsField()?.focus();
    return;
  }
  show({ phase: "sending", easel, text });
  const onLost = () => {
    unsure = true;
    show({ phase: "sending", easel, text, problem: "No answer yet. It is sent again until there is one." });
  };
  try {
    const mask = await easel.toMask();
    await resending.send(() => sendArea(text, mask), { onLost });
  } catch (error) {
    return complain(explain(toAreaError(error)));
  }
  dropDraft();
  show({ phase: "sent", text, preview: easel.toPreview() });
  document.querySelector<HTMLElement>("h1")?.focus();
}

/** What went wrong with a sending, and what becomes of the painting. */
function explain({ status, message }: AreaError): string {
  if (!isOver(status)) return message;
  return unsure
    ? "It seems to have come through the first time: look in the chat. If nothing is there, press Edit area… again."
    : `${message} What you painted will be there.`;
}

/** The page will not open for this picture any more. */
function isOver(status: number): boolean {
  return status === 410 || status === 404;
}

function toAreaError(error: unknown): AreaError {
  if (error instanceof AreaError) return error;
  return new AreaError(0, "Something went wrong on this page. Try again.", { cause: error });
}

function isUnsent(): boolean {
  if (state.phase === "sending") return true;
  return state.phase === "painting" && (state.text.trim() !== "" || state.easel.strokes().length > 0);
}

/** A finger that comes back to the picture first puts the keyboard away: the picture moves while that goes. */
function putKeyboardAway(event: PointerEvent): void {
  if (event.pointerType !== "touch" || document.activeElement !== wordsField()) return;
  event.stopPropagation();
  wordsField()?.blur();
}

/** Some phones lay their keyboard over the page without telling it. */
function followKeyboard(): void {
  const { visualViewport: seen } = window;
  const fit = () => {
    if (!seen || seen.scale > 1.01) return; // enlarged by its reader
    document.documentElement.style.setProperty("--seen-height", `${seen.height}px`);
    document.documentElement.style.setProperty("--seen-top", `${seen.offsetTop}px`);
  };
  fit();
  seen?.addEventListener("resize", fit);
  seen?.addEventListener("scroll", fit);
}

/** The field is as high as its words, up to what its style allows. */
function growWords(): void {
  const words = wordsField();
  if (!words) return;
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight}px`;
}

function wordsField(): HTMLTextAreaElement | null {
  return document.querySelector("#words");
}
