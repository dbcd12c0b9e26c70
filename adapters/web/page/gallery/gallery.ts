import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { WirePlaced } from "../../wire/messages.ts";
import { type Dialog, openDialog } from "../look/dialog.ts";
import { icon } from "../look/icons.ts";
import { preview } from "../look/small.ts";
import { styled } from "../look/style-properties.ts";
import { api } from "../server/api.ts";
import type { createStore } from "../state/store.ts";
import { when } from "../text/format.ts";

/** How long the field must be still before what is in it is looked for, in ms. */
const stillMs = 200;

/** What is shown of all pictures, and what is being asked for. */
interface Shown {
  query: string;
  favourites: boolean;
  pictures: readonly WirePlaced[];
  next: number | undefined;
  state: "loading" | "there" | "failed";
}

/**
 * All pictures of all threads, to be looked through and found by words. `look` shows one of them large, and says whether
 * the gallery is to close.
 */
export async function openGallery(
  store: ReturnType<typeof createStore>,
  studio: {
    look(placed: WirePlaced): Promise<boolean>;
    favourite(src: string): Promise<void>;
  },
): Promise<void> {
  const shown: Shown = { query: "", favourites: false, pictures: [], next: undefined, state: "loading" };
  // On a phone the keyboard would come up over the pictures.
  const hasKeyboard = matchMedia("(pointer: fine)").matches;
  let request = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(dialog: Dialog<undefined>, more = false): Promise<void> {
    request.abort();
    request = new AbortController();
    const { signal } = request;
    const { query, favourites } = shown;
    shown.state = "loading";
    dialog.draw();
    try {
      const found = await api.gallery({ query, favourites, after: more ? shown.next : undefined }, signal);
      if (signal.aborted || dialog.signal.aborted) return;
      shown.pictures = more ? [...shown.pictures, ...found.pictures] : found.pictures;
      shown.next = found.next;
      shown.state = "there";
    } catch {
      if (signal.aborted) return;
      shown.state = "failed";
    }
    dialog.draw();
  }

  function search(dialog: Dialog<undefined>, query: string): void {
    shown.query = query;
    clearTimeout(timer);
    timer = setTimeout(() => void load(dialog), stillMs);
  }

  function filter(dialog: Dialog<undefined>, favourites: boolean): void {
    if (shown.favourites === favourites) return;
    shown.favourites = favourites;
    void load(dialog);
  }

  async function look(dialog: Dialog<undefined>, placed: WirePlaced): Promise<void> {
    if (await studio.look(placed)) dialog.close();
    else dialog.draw(); // it may have been marked
  }

  const card = (placed: WirePlaced, dialog: Dialog<undefined>): TemplateResult => {
    const { picture, prompt, title, createdAt } = placed;
    const { width, height, src, alt } = picture;
    const liked = store.state.favourites.has(src);
    return html`<li class="gallery-item" ${styled({ "--ratio": String(toShape(width, height)) })}>
      <button type="button" class="gallery-picture" @click=${() => void look(dialog, placed)}>
        <img src=${preview(src)} alt=${alt} loading="lazy" decoding="async" />
        <span class="gallery-words">
          <span>${prompt || title}</span><time>${when(createdAt, Date.now())}</time>
        </span>
        <span class="unseen">, in ${title}</span>
      </button>
      <button
        type="button"
        class="tool gallery-star"
        aria-label="Favourite"
        aria-pressed=${liked}
        @click=${() => void studio.favourite(src).then(() => dialog.draw())}
      >
        ${icon(liked ? "starred" : "star")}
      </button>
    </li>`;
  };

  await openDialog<undefined>(
    "Gallery",
    "room gallery",
    (dialog) => html`
      <header class="room-top">
        <h2>Gallery</h2>
        <label class="search">
          ${icon("search")}
          <input
            type="search"
            aria-label="Search all pictures"
            placeholder="Search all pictures"
            autocomplete="off"
            maxlength="400"
            ?autofocus=${hasKeyboard}
            .value=${shown.query}
            @input=${(event: Event) => search(dialog, (event.target as HTMLInputElement).value)}
          />
        </label>
        <div class="segments" role="group" aria-label="Which pictures">
          <button type="button" aria-pressed=${!shown.favourites} @click=${() => filter(dialog, false)}>All</button>
          <button type="button" aria-pressed=${shown.favourites} @click=${() => filter(dialog, true)}>
            Favourites
          </button>
        </div>
        <a class="tool" role="button" href="/api/export" download aria-label="Download all" data-tip="Download all, as a ZIP">
          ${icon("download")}
        </a>
        <button type="button" class="tool" aria-label="Close gallery" data-tip="Close" data-tip-end ?autofocus=${!hasKeyboard} @click=${() => dialog.close()}>
          ${icon("close")}
        </button>
      </header>
      <div class="room-body" aria-busy=${shown.state === "loading"}>
        <ul class="gallery-list">
          ${repeat(
            shown.pictures.filter(
              ({ picture }) => !shown.favourites || store.state.favourites.has(picture.src),
            ),
            ({ answer, at }) => `${answer} ${at}`,
            (placed) => card(placed, dialog),
          )}
        </ul>
        ${below(shown, dialog, load)}
      </div>
    `,
    (dialog) => {
      dialog.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        request.abort();
      });
      void load(dialog);
      listenToEnd(dialog, () => {
        if (shown.state === "there" && shown.next !== undefined) void load(dialog, true);
      });
    },
  );
}

/** What stands below the pictures: that there are more, none, or that they could not be fetched. */
function below(
  { state, pictures, next, query, favourites }: Shown,
  dialog: Dialog<undefined>,
  load: (dialog: Dialog<undefined>, more?: boolean) => Promise<void>,
): TemplateResult | typeof nothing {
  if (state === "failed") {
    return html`<p class="gallery-none" role="alert">
      The pictures could not be fetched.
      <button type="button" class="link" @click=${() => void load(dialog, pictures.length > 0)}>Try again</button>
    </p>`;
  }
  if (pictures.length === 0) {
    if (state === "loading") return html`<p class="unseen" role="status">Loading…</p>`;
    const none = query.trim()
      ? "No picture has all these words. Use fewer, or others."
      : favourites
        ? "Press the star on a picture, and it is here."
        : "Every picture you draw will be here.";
    return html`<p class="gallery-none" role="status">${none}</p>`;
  }
  if (next === undefined) return nothing;
  return html`<p class="gallery-more">
    <button type="button" class="button small" @click=${() => void load(dialog, true)}>More</button>
  </p>`;
}

/** Hears when somebody has scrolled close to the end. */
function listenToEnd(dialog: Dialog<undefined>, near: () => void): void {
  const scroller = dialog.element.querySelector<HTMLElement>(".room-body");
  const look = () => {
    if (!scroller) return;
    if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 600) near();
  };
  scroller?.addEventListener("scroll", look, { passive: true, signal: dialog.signal });
}

/** Width by height, within what a row of pictures bears. */
function toShape(width: number, height: number): number {
  return Math.min(3, Math.max(0.4, width / height || 1));
}
