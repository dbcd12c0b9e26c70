import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { ref } from "lit-html/directives/ref.js";
import { repeat } from "lit-html/directives/repeat.js";
import type { WireThread } from "../../wire/messages.ts";
import { icon, mark } from "../look/icons.ts";
import { thumbnail } from "../look/small.ts";
import { toHash } from "../state/address.ts";
import { foundThreads, listedThreads, type State } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";
import { when } from "../text/format.ts";

/** The list of threads: a column, or a drawer on a phone. */
export function threadList(state: State, studio: Studio): TemplateResult {
  const threads = listedThreads(state);
  const isSought = foundThreads(state) !== undefined;
  // A drawer that is shut shows no covers, so it fetches none.
  const isShut = !state.panel.threads && matchMedia("(max-width: 820px)").matches;
  return html`
    <nav class="threads" aria-label="Threads">
      <div class="brand">
        ${mark()}<span>Drawbridge</span>
        <button
          type="button"
          class="tool threads-close"
          aria-label="Close threads"
          @click=${() => studio.panel("threads", false)}
        >
          ${icon("close")}
        </button>
      </div>
      <button type="button" class="new-thread" @click=${() => studio.newThread()}>
        ${icon("plus")} New thread
      </button>
      <button type="button" class="menu-item gallery-button" @click=${() => void studio.showGallery()}>
        ${icon("gallery")}<span>Gallery</span>
      </button>
      <div class="threads-find">
        <label class="search">
          ${icon("search")}
          <input
            type="search"
            aria-label="Search threads"
            placeholder="Search threads"
            autocomplete="off"
            maxlength="400"
            .value=${live(state.search.query)}
            @input=${(event: Event) => studio.search((event.target as HTMLInputElement).value)}
            @keydown=${(event: KeyboardEvent) => onSearchKey(event, state, studio)}
          />
        </label>
      </div>
      <ul class="thread-list">
        ${repeat(
          threads,
          ({ id }) => id,
          (thread) => row(thread, isShut, state, studio),
        )}
        ${repeat(
          state.hasMoreThreads && !isSought ? [threads.length] : [],
          (length) => length,
          () => html`<li class="threads-more" ${ref((end) => fetchMore(end, studio))}>…</li>`,
        )}
      </ul>
      ${
        threads.length === 0 && state.about && isSought
          ? html`<p class="threads-empty" role="status">No thread has all these words.</p>`
          : nothing
      }
      ${
        threads.length === 0 && state.about && !isSought
          ? html`<p class="threads-empty">Your pictures will be kept here.</p>`
          : nothing
      }
      ${
        state.deleted.length > 0
          ? html`<button type="button" class="link threads-deleted" @click=${() => void studio.showDeleted()}>
              Deleted lately (${state.deleted.length})
            </button>`
          : nothing
      }
      ${
        state.about
          ? html`<p class="threads-foot">
            <span>Drawbridge ${state.about.version}</span>
            ${state.about.painter.standIn ? html`<span class="badge stand-in">Stand-in</span>` : nothing}
            ${
              state.about.signedIn
                ? html`<form method="post" action="/logout"><button class="link">Sign out</button></form>`
                : nothing
            }
          </p>`
          : nothing
      }
    </nav>
  `;
}

/** Ends of the list that are watched: each is drawn many times. */
const watched = new WeakSet<Element>();

/** Fetches more when the end of the list comes into view. */
function fetchMore(end: Element | undefined, studio: Studio): void {
  if (!end || watched.has(end)) return;
  watched.add(end);
  const watcher = new IntersectionObserver((seen) => {
    if (!end.isConnected) watcher.disconnect();
    else if (seen.some(({ isIntersecting }) => isIntersecting)) void studio.moreThreads();
  });
  watcher.observe(end);
}

function row(thread: WireThread, isShut: boolean, state: State, studio: Studio): TemplateResult {
  const open = thread.id === state.open;
  const title = thread.title || "Untitled";
  return html`
    <li class="thread ${open ? "open" : ""} ${state.finished.has(thread.id) ? "finished" : ""}">
      <a
        href=${toHash(thread.id)}
        aria-current=${open ? "page" : nothing}
        @click=${(event: MouseEvent) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          studio.open(thread.id);
        }}
      >
        <span class="cover">
          ${thread.cover && !isShut ? html`<img src=${thumbnail(thread.cover)} alt="" loading="lazy" decoding="async" />` : mark()}
        </span>
        <span class="thread-title" title=${title}>${title}</span>
        <time class="thread-time" datetime=${new Date(thread.updatedAt).toISOString()}>
          ${when(thread.updatedAt, Date.now())}
        </time>
        ${sign(thread, state)}
      </a>
      <span class="thread-tools">
        <button
          type="button"
          class="tool"
          aria-label="Rename ${title}"
          data-tip="Rename"
          @click=${() => void studio.renameThread(thread.id)}
        >
          ${icon("pencil")}
        </button>
        <a
          class="tool"
          role="button"
          href="/api/threads/${thread.id}/export"
          download
          aria-label="Download thread ${title}"
          data-tip="Download"
        >
          ${icon("download")}
        </a>
        <button
          type="button"
          class="tool"
          aria-label="Delete thread ${title}"
          data-tip="Delete"
          data-tip-end
          @click=${() => void studio.deleteThread(thread.id)}
        >
          ${icon("trash")}
        </button>
      </span>
    </li>
  `;
}

/** Whether something is being drawn in it, or was finished while nobody looked. */
function sign({ id, drawing }: WireThread, { finished }: State): TemplateResult | typeof nothing {
  if (drawing)
    return html`<span class="thread-sign pulse" title="Drawing"><span class="unseen">, drawing</span></span>`;
  if (!finished.has(id)) return nothing;
  return html`<span class="thread-sign ready" title="Finished"><span class="unseen">, finished</span></span>`;
}

function onSearchKey(event: KeyboardEvent, { search }: State, studio: Studio): void {
  if (event.key !== "Escape" || !search.query) return;
  event.preventDefault();
  studio.search("");
}
