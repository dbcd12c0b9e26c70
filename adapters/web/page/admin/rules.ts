import { html, nothing, type TemplateResult } from "lit-html";
import type { AuditEntry } from "../../../../src/seam/rules.ts";
import type { AdminAnswers, WireRule } from "../../admin/messages.ts";
import type { Actions, State } from "./state.ts";
import { at, last } from "./words.ts";

/** Who may draw what in a server or a workspace, and who changed it. */
export function rulesSection({ communities, community, rules }: State, actions: Actions): TemplateResult {
  if (!communities) return html`<p class="quiet" role="status">Looking…</p>`;
  if (communities.length === 0) {
    return html`<p class="empty">
      No server is known yet. Those in which something was drawn are listed here; in a new one, say
      <code>settings</code> to the bot.
    </p>`;
  }
  return html`
    ${which(communities, community, actions)}
    ${
      rules
        ? html`
            <dl class="facts">${rules.rules.map((rule) => row(rule, actions))}</dl>
            <p class="quiet">
              These hold for the whole server. People and channels, and what holds for one channel, are chosen in the
              chat: <code>settings</code> on Discord and Slack.
            </p>
            <h2>Who changed what</h2>
            ${
              rules.changes.length === 0
                ? html`<p class="empty">Nothing was changed in the last year.</p>`
                : html`<ul class="failures">${rules.changes.map(changed)}</ul>`
            }
          `
        : html`<p class="quiet" role="status">Looking…</p>`
    }
  `;
}

function which(
  communities: AdminAnswers["communities"],
  chosen: string | undefined,
  actions: Actions,
): TemplateResult {
  return html`<label class="field which"
    >Server or workspace
    <select @change=${(event: Event) => actions.chooseCommunity((event.target as HTMLSelectElement).value)}>
      ${communities.map(
        ({ community, name }) =>
          html`<option value=${community} ?selected=${community === chosen}>
            ${name ? `${name} (${last(community)})` : community}
          </option>`,
      )}
    </select>
  </label>`;
}

function row(rule: WireRule, actions: Actions): TemplateResult {
  const { label, hint, kind, unset, said } = rule;
  const isChosenInChat = kind === "people" || kind === "channels";
  return html`<div>
    <dt>${label}<span class="quiet">${hint}</span></dt>
    <dd class="rule">
      <span class=${said === undefined ? "quiet" : ""}>${said ?? unset}</span>
      ${
        isChosenInChat
          ? nothing
          : html`<button
              type="button"
              class="button small"
              aria-label=${`Change ${label}`}
              @click=${() => actions.changeRule(rule)}
            >
              Change
            </button>`
      }
    </dd>
  </div>`;
}

function changed({ at: time, who, where, what, from, to }: AuditEntry): TemplateResult {
  return html`<li class="failure">
    <div class="turn-head">
      <strong class="who">${who.name}</strong>
      <span class="quiet where">${where.channel ? `channel ${last(where.channel)}` : "for all channels"}</span>
      <time class="quiet" datetime=${new Date(time).toISOString()}>${at(time)}</time>
    </div>
    <p class="cause">${what}: ${from ?? "not set"} → ${to ?? "not set"}</p>
  </li>`;
}
