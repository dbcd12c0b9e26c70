import type { OptionName } from "../../../src/options.ts";
import type { WireAction, WireAnswer, WirePicture } from "../wire.ts";
import { api, RequestError } from "./api.ts";
import { openCompare } from "./compare.ts";
import { askLine, confirmed } from "./dialog.ts";
import {
  addPictures,
  anchorMask,
  type Draft,
  type DraftPicture,
  draftProblem,
  movePicture,
  removePicture,
  sentDraft,
  setOption,
  setTarget,
  toReuse,
} from "./drafts.ts";
import { openLightbox } from "./lightbox.ts";
import { paintMask } from "./mask-painter.ts";
import {
  abandonLoad,
  addToast,
  beginLoad,
  type createStore,
  draftOf,
  dropToast,
  endLoad,
  messagesOf,
  openThread,
  pictured,
  picturesOf,
  type State,
  setDraft,
  setPanel,
  setThreads,
  threadOf,
} from "./store.ts";

type Store = ReturnType<typeof createStore>;

/** Everything a person can do on the page. */
export type Studio = ReturnType<typeof createStudio>;

export function createStudio(store: Store) {
  /** Presses of the last moment: a double click must not be paid for twice. */
  const pressed = new Set<string>();
  const draft = (change: (draft: Draft) => Draft) =>
    store.update((state) => setDraft(state, change(draftOf(state))));

  const studio = {
    /** Fetches what the server knows, at the start and whenever the line was down. */
    async load(): Promise<void> {
      await studio.attempt(async () => {
        const [about, threads] = await Promise.all([api.about(), api.threads()]);
        store.update((state) => setThreads({ ...state, about }, threads));
        await studio.loadThread(store.state.open);
      });
    },

    async loadThread(id: string): Promise<void> {
      // Nobody has written in it yet: nothing to fetch.
      if (!store.state.threads.some((thread) => thread.id === id)) {
        if (!store.state.messages.has(id)) store.update((state) => endLoad(state, id, []));
        return;
      }
      store.update((state) => beginLoad(state, id));
      try {
        const { messages } = await api.thread(id);
        store.update((state) => endLoad(state, id, messages));
      } catch (error) {
        store.update((state) => abandonLoad(state, id));
        studio.tell(error);
      }
    },

    open(id: string): void {
      if (id !== store.state.open) store.update((state) => openThread(state, id));
      studio.panel("threads", false);
      if (location.hash !== toHash(id)) location.hash = toHash(id);
      if (!store.state.messages.has(id)) void studio.loadThread(id);
      studio.focusComposer(false);
    },

    newThread(): void {
      studio.open(newId());
      studio.focusComposer();
    },

    async renameThread(id: string): Promise<void> {
      const thread = store.state.threads.find((each) => each.id === id);
      const title = await askLine("Rename thread", "Title", thread?.title ?? "");
      if (title && title !== thread?.title) await studio.attempt(() => api.rename(id, title));
    },

    async deleteThread(id: string): Promise<void> {
      const title = store.state.threads.find((each) => each.id === id)?.title ?? "this thread";
      const text = `“${title}” and all its pictures will be gone for good.`;
      if (!(await confirmed("Delete thread?", text, "Delete thread"))) return;
      await studio.attempt(async () => {
        await api.remove(id);
        if (store.state.open === id) studio.newThread();
      });
    },

    /** Sends what is in the composer; if that fails, everything stays where it is. */
    async send(): Promise<void> {
      const { state } = store;
      const sent = draftOf(state);
      const thread = state.open;
      const problem = draftProblem(sent, state.about?.limits);
      if (problem) return studio.say(problem, true);
      if (state.sending) return;
      store.update((now) => ({ ...now, sending: true }));
      try {
        if (sent.target?.action) await api.press(sent.target.answer, sent.target.action, sent);
        else await api.prompt(thread, sent);
        store.update((now) => ({
          ...setDraft(now, sentDraft(sent), thread),
          current: undefined,
          signedOut: false,
          toasts: now.toasts.filter(({ failed }) => !failed),
        }));
        for (const picture of sent.pictures) release(picture);
        // Without the line to the server nothing would show.
        if (store.state.link !== "open") void studio.loadThread(thread);
      } catch (error) {
        studio.tell(error);
      } finally {
        store.update((now) => ({ ...now, sending: false }));
        studio.focusComposer(false);
      }
    },

    /** A button under an answer: acts at once, or turns the composer into its form. */
    async press(answer: WireAnswer, action: WireAction): Promise<void> {
      if (action.form) {
        const words = answer.view.details?.prompt ?? askText(store.state, answer);
        draft((now) =>
          setTarget(
            now,
            { answer: answer.id, action: action.name },
            action.form?.prefill ? words : undefined,
          ),
        );
        studio.focusComposer();
        return;
      }
      if (action.style === "danger") {
        const text = "The picture will be gone for good. What was made from it stays.";
        if (!(await confirmed(`${action.label}?`, text, action.label))) return;
      }
      const press = `${answer.id} ${action.name}`;
      if (pressed.has(press)) return;
      pressed.add(press);
      setTimeout(() => pressed.delete(press), 800);
      await studio.attempt(() => api.press(answer.id, action.name));
    },

    reply(answer: string): void {
      draft((now) => setTarget(now, { answer }));
      studio.focusComposer();
    },

    /** Lets go of the reply target; says whether there was one. */
    clearTarget(): boolean {
      if (!draftOf(store.state).target) return false;
      draft((now) => setTarget(now, undefined));
      return true;
    },

    write(text: string): void {
      draft((now) => ({ ...now, text }));
    },

    /** Words to draw at once, as an example does. */
    drawNow(text: string): void {
      studio.write(text);
      void studio.send();
    },

    attach(files: Iterable<File>): void {
      const all = [...files];
      const pictures = all.filter(({ type, name }) => type.startsWith("image/") || /\.hei[cf]$/i.test(name));
      if (pictures.length < all.length) studio.say("Only pictures can be attached.", true);
      studio.add(
        pictures.map((file) => {
          const src = URL.createObjectURL(file);
          return { kind: "file", key: src, name: file.name || "Pasted picture", src, file };
        }),
      );
    },

    reuse(picture: WirePicture): void {
      studio.add([toReuse(picture)]);
      studio.focusComposer();
    },

    add(pictures: readonly DraftPicture[]): void {
      const { state } = store;
      const { draft: next, problems } = addPictures(draftOf(state), pictures, state.about?.limits);
      for (const picture of pictures) if (!next.pictures.includes(picture)) release(picture);
      store.update((now) => setDraft(now, next));
      for (const problem of problems) studio.say(problem, true);
    },

    removePicture(picture: DraftPicture): void {
      draft((now) => removePicture(now, picture.key));
      release(picture);
    },

    movePicture(picture: DraftPicture, to: number): void {
      draft((now) => movePicture(now, picture.key, to));
    },

    setOption(name: OptionName, value: string | number | undefined): void {
      draft((now) => setOption(now, name, value));
    },

    resetOptions(): void {
      draft((now) => ({ ...now, options: {} }));
    },

    /** Paints a mask on an answer's only picture (which is then the one to change) or on one in the composer. */
    async paint(on: { answer: string; picture: WirePicture } | DraftPicture): Promise<void> {
      const thread = store.state.open;
      const { src, alt } = "answer" in on ? on.picture : { src: on.src, alt: on.name };
      const held = draftOf(store.state).mask;
      const mask = await paintMask(src, alt, held?.src === src ? held.strokes : []);
      if (mask === undefined || thread !== store.state.open) return;
      draft((now) => {
        const aimed =
          mask && "answer" in on && now.target?.answer !== on.answer
            ? setTarget(now, { answer: on.answer })
            : now;
        return anchorMask({ ...aimed, mask: mask ?? undefined });
      });
      studio.focusComposer();
    },

    /** Paints on one of several pictures: it goes along as the first reference, so that it is clear which is meant. */
    async paintOneOf(picture: WirePicture): Promise<void> {
      const thread = store.state.open;
      const mask = await paintMask(picture.src, picture.alt, []);
      if (!mask || thread !== store.state.open) return;
      draft((now) => {
        const held = now.pictures.some(({ src }) => src === picture.src);
        const pictures = held ? now.pictures : [toReuse(picture), ...now.pictures];
        return anchorMask({ ...now, pictures, mask });
      });
      studio.focusComposer();
    },

    /** Opens the painter again on the picture the mask was painted on. */
    async repaint(): Promise<void> {
      const { mask, pictures } = draftOf(store.state);
      const attached = pictures.find(({ src }) => src === mask?.src);
      const shown = picturesOf(store.state).find(({ picture }) => picture.src === mask?.src);
      if (attached) await studio.paint(attached);
      else if (shown) await studio.paint({ answer: shown.answer.id, picture: shown.picture });
    },

    removeMask(): void {
      draft((now) => ({ ...now, mask: undefined }));
    },

    async compare(answer: WireAnswer, after = answer.view.images[0]): Promise<void> {
      const befores = beforesOf(store.state, answer);
      if (after && befores.length > 0) await openCompare(befores, after);
    },

    async look(src: string): Promise<void> {
      const pictures = picturesOf(store.state);
      const at = pictures.findIndex(({ picture }) => picture.src === src);
      const left = await openLightbox(
        pictures.map(({ answer, picture }) => {
          return { picture, comparable: beforesOf(store.state, answer).length > 0 };
        }),
        at,
      );
      const seen = left && pictures[left.at];
      if (!seen) return;
      if (left.at !== at) studio.walk(seen.answer.id);
      const { answer, picture } = seen;
      if (left.act === "reply") studio.reply(answer.id);
      else if (left.act === "compare") await studio.compare(answer, picture);
      else if (left.act === "mask") {
        if (answer.view.images.length > 1) await studio.paintOneOf(picture);
        else await studio.paint({ answer: answer.id, picture });
      }
    },

    /** Goes to an answer: marks it, and brings it into view. */
    walk(id: string, scroll = true): void {
      store.update((state) => (state.current === id ? state : { ...state, current: id }));
      if (!scroll) return;
      const frame = document.querySelector<HTMLElement>(`#answer-${id} .frame`);
      if (frame) bringIntoView(frame);
      // A ring that goes again, to say which one it was.
      frame?.animate(
        [
          { outline: "3px solid var(--accent)", outlineOffset: "3px" },
          { outline: "3px solid transparent", outlineOffset: "7px" },
        ],
        { duration: 1500, easing: "ease-out" },
      );
    },

    async copy(picture: WirePicture): Promise<void> {
      await studio.attempt(async () => {
        await navigator.clipboard.write([new ClipboardItem({ "image/png": toPng(picture.src) })]);
        studio.say("Picture copied.");
      });
    },

    unfold(answer: string): void {
      store.update((state) => {
        const unfolded = new Set(state.unfolded);
        if (!unfolded.delete(answer)) unfolded.add(answer);
        return { ...state, unfolded };
      });
    },

    panel(name: keyof State["panel"], open: boolean): void {
      store.update((state) => setPanel(state, name, open));
    },

    /** Draws the page again, after something outside the state has changed. */
    redraw(): void {
      store.update((state) => ({ ...state }));
    },

    say(text: string, failed = false): void {
      store.update((state) => addToast(state, text, failed));
    },

    /** The line is down: for want of a password, or because the server is. */
    async lost(): Promise<void> {
      store.update((state) => ({ ...state, link: "lost" }));
      await api.about().catch(studio.noteSignedOut);
    },

    /** Whether the server wants the password again; then a line on the page says so. */
    noteSignedOut(error: unknown): boolean {
      const signedOut = error instanceof RequestError && error.status === 401;
      if (signedOut) store.update((state) => ({ ...state, signedOut }));
      return signedOut;
    },

    /** Back from signing in, in another tab. */
    async returned(): Promise<void> {
      if (!store.state.signedOut) return;
      await api.about().then(
        () => {
          store.update((state) => ({ ...state, signedOut: false }));
          return studio.load();
        },
        () => undefined, // not yet
      );
    },

    tell(error: unknown): void {
      if (studio.noteSignedOut(error)) return;
      studio.say(error instanceof Error ? error.message : String(error), true);
    },

    dismiss(toast: number): void {
      store.update((state) => dropToast(state, toast));
    },

    /** Puts the cursor into the prompt; unless asked to, not on a phone, where it would raise the keyboard. */
    focusComposer(always = true): void {
      if (!always && !matchMedia("(pointer: fine)").matches) return;
      requestAnimationFrame(() => document.querySelector<HTMLTextAreaElement>("#prompt")?.focus());
    },

    async attempt(work: () => Promise<unknown>): Promise<void> {
      try {
        await work();
      } catch (error) {
        studio.tell(error);
      }
    },
  };
  return studio;
}

/** What an answer's picture can be held against: the picture it was made from, and the references. */
export function beforesOf(
  state: State,
  answer: WireAnswer,
): readonly { label: string; picture: WirePicture }[] {
  const parent = pictured(messagesOf(state), answer.view.parent)?.view.images[0];
  const ask = state.messages.get(answer.thread)?.find(({ id }) => id === answer.ask);
  const references =
    ask?.kind === "ask" ? ask.pictures.filter(({ role, src }) => role !== "mask" && src !== parent?.src) : [];
  return [
    ...(parent ? [{ label: "Version before", picture: parent }] : []),
    ...references.map((picture, at) => ({ label: `Reference ${at + 1}`, picture })),
  ];
}

/** The address of a thread within the page. */
export function toHash(thread: string): string {
  return `#/t/${encodeURIComponent(thread)}`;
}

/** The thread an address names. */
export function parseHash(hash: string): string | undefined {
  const id = /^#\/t\/([\w%-]+)$/.exec(hash)?.[1];
  return id && decodeURIComponent(id);
}

/** A UUID, also on plain http, where `crypto.randomUUID` is missing. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function askText(state: State, answer: WireAnswer): string {
  const ask = state.messages.get(answer.thread)?.find(({ id }) => id === answer.ask);
  return ask?.kind === "ask" ? ask.text : (threadOf(state)?.title ?? "");
}

/** Near by, it glides; from afar it jumps, and again once what was not drawn yet has its true height. */
function bringIntoView(element: HTMLElement): void {
  const away = Math.abs(element.getBoundingClientRect().top - innerHeight / 2);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (away < 1.5 * innerHeight && !still) {
    element.scrollIntoView({ block: "center", behavior: "smooth" });
    return;
  }
  const jump = () => element.scrollIntoView({ block: "center" });
  jump();
  requestAnimationFrame(() => {
    jump();
    requestAnimationFrame(jump);
  });
}

function release(picture: DraftPicture): void {
  if (picture.kind === "file") URL.revokeObjectURL(picture.src);
}

async function toPng(src: string): Promise<Blob> {
  const image = new Image();
  image.src = src;
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}
