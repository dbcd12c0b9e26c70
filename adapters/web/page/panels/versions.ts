import { html, nothing, svg, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "../look/icons.ts";
import { thumbnail } from "../look/small.ts";
import { styled } from "../look/style-properties.ts";
import { chosenOf, messagesOf, type State, threadOf } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";
import { type Tree, type TreeNode, toTree, walk } from "./tree.ts";

/** Pixels from one thumbnail to the next, across and down, and a thumbnail's side. */
const across = 74;
const down = 92;
const side = 60;

/** The versions of the thread's pictures, and which came from which. */
export function versions(state: State, studio: Studio): TemplateResult {
  const messages = messagesOf(state);
  const tree = toTree(messages, threadOf(state)?.head);
  const chosen = chosenOf(state)?.id;
  const tabbable = tree.nodes.some(({ id }) => id === chosen) ? chosen : tree.nodes.at(-1)?.id;
  return html`
    <aside class="versions ${tree.nodes.length === 0 ? "empty" : ""}" aria-label="Versions">
      <div class="versions-top">
        <h2>Versions</h2>
        <button
          type="button"
          class="tool versions-close"
          aria-label="Close versions"
          @click=${() => studio.panel("versions", false)}
        >
          ${icon("close")}
        </button>
      </div>
      ${
        tree.nodes.length === 0
          ? html`<p class="versions-none">Every picture you draw appears here. Edit any of them to branch.</p>`
          : html`<div class="tree-scroll">
            <div
              class="tree"
              role="tree"
              aria-label="Versions"
              ${styled({
                width: `${tree.columns * across}px`,
                height: `${tree.rows * down - (down - side) + 10}px`,
              })}
              @keydown=${(event: KeyboardEvent) => onKey(event, tree, studio)}
            >
              ${lines(tree)}
              ${repeat(
                tree.nodes,
                ({ id }) => id,
                (node) => item(node, tree, { chosen: node.id === chosen, tab: node.id === tabbable }, studio),
              )}
            </div>
          </div>
          <p class="versions-legend"><span class="head-sign"></span> The next prompt goes on from here</p>`
      }
    </aside>
  `;
}

function item(
  node: TreeNode,
  tree: Tree,
  is: { readonly chosen: boolean; readonly tab: boolean },
  studio: Studio,
): TemplateResult {
  const siblings = tree.nodes.filter(({ parent }) => parent === node.parent);
  const classes = ["node", is.chosen ? "head current" : "", node.pending ? "pending" : ""];
  const state = node.pending ? ", being drawn" : is.chosen ? ", the next prompt goes on from here" : "";
  return html`
    <button
      type="button"
      role="treeitem"
      class=${classes.filter(Boolean).join(" ")}
      id="node-${node.id}"
      data-answer=${node.id}
      ${styled({ left: `${node.column * across + (across - side) / 2}px`, top: `${node.row * down + 5}px` })}
      tabindex=${is.tab ? 0 : -1}
      aria-level=${node.level}
      aria-setsize=${siblings.length}
      aria-posinset=${siblings.indexOf(node) + 1}
      aria-selected=${is.chosen}
      aria-label="Version ${node.number}${state}${node.picture ? `: ${node.picture.alt}` : ""}"
      title=${is.chosen ? "The next prompt goes on from here" : nothing}
      @click=${() => studio.walk(node.id)}
    >
      ${node.picture ? html`<img src=${thumbnail(node.picture.src)} alt="" loading="lazy" decoding="async" />` : nothing}
      <span class="number" aria-hidden="true">${node.number}</span>
    </button>
  `;
}

function lines({ nodes, columns, rows }: Tree): TemplateResult {
  const at = new Map(nodes.map((node) => [node.id, node]));
  const x = ({ column }: TreeNode) => column * across + across / 2;
  const y = ({ row }: TreeNode) => row * down + 5 + side / 2;
  return html`<svg class="tree-lines" aria-hidden="true" width=${columns * across} height=${rows * down}>
    ${nodes.map((node) => {
      const parent = at.get(node.parent ?? "");
      if (!parent) return nothing;
      const middle = y(node) - down / 2;
      const path =
        x(parent) === x(node)
          ? `M${x(parent)} ${y(parent)}V${y(node)}`
          : `M${x(parent)} ${y(parent)}V${middle - 8}q0 8 8 8H${x(node) - 8}q8 0 8 8V${y(node)}`;
      return svg`<path d=${path} />`;
    })}
  </svg>`;
}

function onKey(event: KeyboardEvent, tree: Tree, studio: Studio): void {
  const from = (event.target as Element).closest<HTMLElement>("[data-answer]")?.dataset.answer ?? "";
  const to = walk(tree, from, event.key);
  if (to) {
    event.preventDefault();
    studio.walk(to.id);
    document.getElementById(`node-${to.id}`)?.focus();
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    studio.walk(from);
    document.querySelector<HTMLElement>(`#answer-${from} .frame`)?.focus({ preventScroll: true });
  }
}
