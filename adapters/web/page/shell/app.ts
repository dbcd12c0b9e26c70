import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { conversation } from "../chat/conversation.ts";
import { composer } from "../composer/composer.ts";
import { icon, mark } from "../look/icons.ts";
import { theme, toggleTheme } from "../look/theme.ts";
import { threadList } from "../panels/threads.ts";
import { versions } from "../panels/versions.ts";
import { isPending, messagesOf, type State, threadOf } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";
import { openHelp } from "./help.ts";
import { canNotify, isNotified } from "./notify.ts";

/** The whole page. */
export function app(state: State, studio: Studio): TemplateResult {
  const { panel } = state;
  return html`
    <a class="skip" href="#prompt" @click=${skip}>Skip to the prompt</a>
    <div class="shell ${panel.threads ? "shows-threads" : ""} ${panel.versions ? "shows-versions" : ""}">
      ${threadList(state, studio)}
      <div class="scrim" @click=${() => closePanels(studio)}></div>
      <div class="stage">
        ${header(state, studio)} ${lost(state)} ${damaged(state, studio)} ${conversation(state, studio)} ${composer(state, studio)}
      </div>
      ${versions(state, studio)}
    </div>
    ${state.dropping ? html`<div class="drop-here">${icon("attach")} Drop pictures to attach them</div>` : nothing}
    ${toasts(state, studio)}
    <p class="unseen" role="status" aria-live="polite">${news(state)}</p>
  `;
}

function header(state: State, studio: Studio): TemplateResult {
  const thread = threadOf(state);
  const dark = theme() === "dark";
  const again = (): void => {
    toggleTheme();
    studio.redraw();
  };
  return html`
    <header class="top">
      <button
        type="button"
        class="tool menu-button"
        aria-label="Threads"
        aria-expanded=${state.panel.threads}
        data-tip="Threads"
        @click=${() => studio.panel("threads", !state.panel.threads)}
      >
        ${icon("menu")}
      </button>
      <h1 class="top-title">
        ${thread ? html`<span>${thread.title}</span>` : html`<span class="top-brand">${mark()} Drawbridge</span><span class="unseen">New thread</span>`}
      </h1>
      ${badge(state)}
      <button
        type="button"
        class="tool versions-button"
        aria-label="Versions"
        aria-expanded=${state.panel.versions}
        data-tip="Versions"
        @click=${() => studio.panel("versions", !state.panel.versions)}
      >
        ${icon("tree")}
      </button>
      ${
        canNotify
          ? html`<button
              type="button"
              class="tool bell-button"
              aria-label="Notify me when something is finished"
              aria-pressed=${isNotified()}
              data-tip=${isNotified() ? "Notifications are on" : "Notify me"}
              @click=${() => void studio.notifyMe()}
            >
              ${icon("bell")}
            </button>`
          : nothing
      }
      <button
        type="button"
        class="tool"
        aria-label=${dark ? "Light theme" : "Dark theme"}
        data-tip=${dark ? "Light" : "Dark"}
        @click=${again}
      >
        ${icon(dark ? "sun" : "moon")}
      </button>
      <button
        type="button"
        class="tool help-button"
        aria-label="Keyboard shortcuts"
        data-tip="Shortcuts"
        data-tip-end
        @click=${() => void openHelp()}
      >
        ${icon("help")}
      </button>
    </header>
  `;
}

function badge({ about }: State): TemplateResult | typeof nothing {
  if (!about) return nothing;
  const { name, standIn } = about.painter;
  if (!standIn) return html`<span class="badge" title="The pictures come from ${name}">${name}</span>`;
  return html`<span
    class="badge stand-in"
    title="These pictures come from the offline stand-in, not from OpenAI. Set OPENAI_API_KEY to get real ones."
    >Stand-in<span class="badge-more"> pictures, not OpenAI</span></span
  >`;
}

function lost({ link, signedOut }: State): TemplateResult | typeof nothing {
  if (signedOut) {
    // In a tab of its own, so that what is in the composer stays.
    return html`<p class="lost" role="alert">
      You are signed out. <a href="/login" target="_blank" rel="noopener">Sign in again</a>
    </p>`;
  }
  return link === "lost" ? html`<p class="lost" role="status">Reconnecting…</p>` : nothing;
}

function damaged({ about, hasReadLost }: State, studio: Studio): TemplateResult | typeof nothing {
  if (!about?.lost || hasReadLost) return nothing;
  return html`<p class="damaged" role="status">
    ${about.lost} <button type="button" class="link" @click=${() => studio.readLost()}>Dismiss</button>
  </p>`;
}

function toasts(state: State, studio: Studio): TemplateResult {
  return html`<div class="toasts">
    ${repeat(
      state.toasts,
      ({ id }) => id,
      ({ id, text, failed, offer }) => html`
        <div class="toast ${failed ? "failed" : ""}" role=${failed ? "alert" : "status"}>
          ${failed ? icon("alert") : nothing}<span>${text}</span>
          ${
            offer
              ? html`<button
                  type="button"
                  class="link"
                  @click=${() => {
                    studio.dismiss(id);
                    offer.act();
                  }}
                >
                  ${offer.label}
                </button>`
              : nothing
          }
          <button type="button" class="tool small" aria-label="Dismiss" @click=${() => studio.dismiss(id)}>
            ${icon("close")}
          </button>
        </div>
      `,
    )}
  </div>`;
}

/** Where the newest answer stands, for those who hear the page. */
function news(state: State): string {
  const last = messagesOf(state).findLast((message) => message.kind === "answer");
  if (!last) return "";
  if (isPending(last)) return last.view.status ?? "Drawing";
  if (last.view.aside) return last.view.text;
  if (last.view.phase === "done" && last.view.images[0]) return `Picture ready: ${last.view.images[0].alt}`;
  return last.view.phase === "failed" ? `That did not work. ${last.view.text}` : "";
}

function closePanels(studio: Studio): void {
  studio.panel("threads", false);
  studio.panel("versions", false);
}

function skip(event: Event): void {
  // The address holds the thread, so the link must not change it.
  event.preventDefault();
  document.querySelector<HTMLElement>("#prompt")?.focus();
}
