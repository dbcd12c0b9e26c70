import type { WireAnswer, WireMessage, WirePicture } from "../../wire/messages.ts";
import { pictured } from "../state/store.ts";

/** One picture in the version tree, with its place on a grid. */
export interface TreeNode {
  readonly id: string;
  readonly parent?: string;
  /** In the order the pictures were asked for, from 1. */
  readonly number: number;
  readonly picture?: WirePicture;
  readonly pending: boolean;
  readonly row: number;
  readonly column: number;
  readonly level: number;
}

export interface Tree {
  readonly nodes: readonly TreeNode[];
  readonly rows: number;
  readonly columns: number;
}

/**
 * Lays the pictures out as a tree: a first child straight below its parent, the others to the right, each branch in
 * the first column that is free all the way down. A fresh start begins a row below everything before it.
 *
 * `head` is where the thread goes on from: the likely parent of what is being drawn.
 */
export function toTree(messages: readonly WireMessage[], head?: string | null): Tree {
  // Asked for with every keystroke, while messages seldom change.
  if (last?.messages !== messages || last.head !== head)
    last = { messages, head, tree: layOut(messages, head) };
  return last.tree;
}

/** The node an arrow key leads to: up to the parent, down to the first child, sideways along the row. */
export function walk(tree: Tree, from: string, key: string): TreeNode | undefined {
  const here = tree.nodes.find(({ id }) => id === from);
  if (!here) return undefined;
  switch (key) {
    case "ArrowUp":
      return (
        tree.nodes.find(({ id }) => id === here.parent) ??
        tree.nodes.findLast(({ row, column }) => row < here.row && column === here.column)
      );
    case "ArrowDown":
      return (
        tree.nodes.find(({ parent }) => parent === from) ??
        tree.nodes.find(({ row, parent }) => row > here.row && !parent)
      );
    case "ArrowLeft":
    case "ArrowRight": {
      const step = key === "ArrowLeft" ? -1 : 1;
      const row = tree.nodes.filter(({ row }) => row === here.row).sort((a, b) => a.column - b.column);
      return row[row.indexOf(here) + step];
    }
    case "Home":
      return tree.nodes[0];
    case "End":
      return tree.nodes.at(-1);
    default:
      return undefined;
  }
}

let last: { messages: readonly WireMessage[]; head: string | null | undefined; tree: Tree } | undefined;

function layOut(messages: readonly WireMessage[], head: string | null | undefined): Tree {
  const answers = messages.filter((message) => message.kind === "answer").filter(belongs);
  const known = new Set(answers.map(({ id }) => id));
  const numbers = new Map(answers.map(({ id }, at) => [id, at + 1]));
  const children = new Map<string, WireAnswer[]>();
  const roots: WireAnswer[] = [];
  for (const answer of answers) {
    const parent = pictured(messages, parentOf(answer, messages, head))?.id;
    if (!parent || !known.has(parent) || parent === answer.id) roots.push(answer);
    else children.set(parent, [...(children.get(parent) ?? []), answer]);
  }

  const nodes: TreeNode[] = [];
  const taken = new Map<number, number>(); // column -> the last row in use
  let rows = 0;
  for (const root of roots) {
    taken.clear();
    const stack: Step[] = [{ answer: root, row: rows, column: 0, level: 1, first: true }];
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { answer, row, level, parent } = next;
      const column = next.first ? next.column : freeColumn(taken, row - 1, next.column + 1);
      const shown = answer.view.images[answer.view.picked ?? 0];
      taken.set(column, row);
      nodes.push({
        id: answer.id,
        number: numbers.get(answer.id) ?? 0,
        pending: answer.view.phase === "queued" || answer.view.phase === "working",
        row,
        column,
        level,
        ...(parent && { parent }),
        ...(shown && { picture: shown }),
      });
      rows = Math.max(rows, row + 1);
      const [first, ...others] = children.get(answer.id) ?? [];
      // The first child is walked first, so that its branch has its column before its siblings look for theirs.
      const below = { row: row + 1, column, level: level + 1, parent: answer.id };
      for (const child of others.toReversed()) stack.push({ ...below, answer: child, first: false });
      if (first) stack.push({ ...below, answer: first, first: true });
    }
  }
  nodes.sort((one, other) => one.number - other.number);
  return { nodes, rows, columns: nodes.reduce((most, { column }) => Math.max(most, column + 1), 0) };
}

/** What an answer was made from; while nobody has said so yet, what its question makes likely. */
function parentOf({ view, ask }: WireAnswer, messages: readonly WireMessage[], head?: string | null) {
  if (view.parent || view.phase === "done") return view.parent;
  const asked = messages.find(({ id }) => id === ask);
  if (asked?.kind !== "ask" || !asked.replyTo) return head;
  if (asked.action !== "redo" && asked.action !== "rephrase") return asked.replyTo;
  const repeated = messages.find(({ id }) => id === asked.replyTo);
  return repeated?.kind === "answer" ? repeated.view.parent : undefined;
}

function belongs({ view }: WireAnswer): boolean {
  if (view.aside) return false;
  return (
    view.phase === "queued" || view.phase === "working" || (view.phase === "done" && view.images.length > 0)
  );
}

/** The first column from `from` on in which nothing lies at or below the row `above`. */
function freeColumn(taken: ReadonlyMap<number, number>, above: number, from: number): number {
  let column = from;
  while ((taken.get(column) ?? -1) >= above) column += 1;
  return column;
}

/** An answer to be laid out: straight below `column` if it is a first child, else somewhere to its right. */
interface Step {
  readonly answer: WireAnswer;
  readonly row: number;
  readonly column: number;
  readonly level: number;
  readonly first: boolean;
  readonly parent?: string;
}
