import { html, nothing, svg, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "./icons.ts";
import { messagesOf, type State, threadOf } from "./store.ts";
import type { Studio } from "./studio.ts";
import { styled } from "./styled.ts";
import { type Tree, type TreeNode, toTree, walk } from "./tree.ts";

/** Pixels from one thumbnail to the next, and a thumbnail's side. */
const step = 76;
const side = 60;

/** The versions of the thread's pictures, and which came from which. */
export function versions(state: State, studio: Studio): TemplateResult {
  const tree = toTree(messagesOf(state));
  const head = threadOf(state)?.head;
  const newest = tree.nodes.at(-1)?.id;
  const current = tree.nodes.some(({ id }) => id === state.current) ? state.current : (head ?? newest);
  const tabbable = tree.nodes.some(({ id }) => id === current) ? current : newest;
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
          ? html`<p class="versions-none">Every picture you draw appears here. Reply to any of them to branch.</p>`
          : html`<div class="tree-scroll">
            <div
              class="tree"
              role="tree"
              aria-label="Versions"
              ${styled({
                width: `${tree.columns * step}px`,
                height: `${tree.rows * step}px`,
              })}
              @keydown=${(event: KeyboardEvent) => onKey(event, tree, studio)}
            >
              ${lines(tree)}
              ${repeat(
                tree.nodes,
                ({ id }) => id,
                (node) =>
                  item(
                    node,
                    tree,
                    { head: node.id === head, current: node.id === current, tab: node.id === tabbable },
                    studio,
                  ),
              )}
            </div>
          </div>`
      }
    </aside>
  `;
}

function item(
  node: TreeNode,
  tree: Tree,
  is: { readonly head: boolean; readonly current: boolean; readonly tab: boolean },
  studio: Studio,
): TemplateResult {
  const siblings = tree.nodes.filter(({ parent }) => parent === node.parent);
  const classes = ["node", is.head ? "head" : "", is.current ? "current" : "", node.pending ? "pending" : ""];
  const state = node.pending ? ", being drawn" : is.head ? ", the next prompt goes on from here" : "";
  return html`
    <button
      type="button"
      role="treeitem"
      class=${classes.filter(Boolean).join(" ")}
      id="node-${node.id}"
      data-answer=${node.id}
      ${styled({ left: `${node.column * step + (step - side) / 2}px`, top: `${node.row * step + (step - side) / 2}px` })}
      tabindex=${is.tab ? 0 : -1}
      aria-level=${node.level}
      aria-setsize=${siblings.length}
      aria-posinset=${siblings.indexOf(node) + 1}
      aria-selected=${is.current}
      aria-label="Version ${node.number}${state}${node.picture ? `: ${node.picture.alt}` : ""}"
      title=${is.head ? "The next prompt goes on from here" : nothing}
      @click=${() => studio.walk(node.id)}
    >
      ${node.picture ? html`<img src=${node.picture.src} alt="" loading="lazy" decoding="async" />` : nothing}
      <span class="number" aria-hidden="true">${node.number}</span>
    </button>
  `;
}

function lines({ nodes, columns, rows }: Tree): TemplateResult {
  const at = new Map(nodes.map((node) => [node.id, node]));
  const centre = (place: number) => place * step + step / 2;
  return html`<svg class="tree-lines" aria-hidden="true" width=${columns * step} height=${rows * step}>
    ${nodes.map((node) => {
      const parent = at.get(node.parent ?? "");
      if (!parent) return nothing;
      const [x1, y1, x2, y2] = [
        centre(parent.column),
        centre(parent.row),
        centre(node.column),
        centre(node.row),
      ];
      const middle = y2 - step / 2;
      const path =
        x1 === x2 ? `M${x1} ${y1}V${y2}` : `M${x1} ${y1}V${middle - 8}q0 8 8 8H${x2 - 8}q8 0 8 8V${y2}`;
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
