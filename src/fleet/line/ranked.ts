/** Where something stands in an order: by `round`, then by `number`. No two of one order are the same. */
export interface Rank {
  readonly round: number;
  readonly number: number;
}

/** Things in an order, some of which are open: they can go. All calls take O(log n) comparisons, expected. */
export interface Ranked<Thing> {
  readonly size: number;
  /** How many are open. */
  readonly open: number;
  add(rank: Rank, thing: Thing, isOpen: boolean): void;
  delete(rank: Rank): void;
  setOpen(rank: Rank, isOpen: boolean): void;
  /** How many stand before that rank. */
  before(rank: Rank): number;
  firstOpen(): Thing | undefined;
}

interface Node<Thing> {
  readonly rank: Rank;
  readonly thing: Thing;
  readonly priority: number;
  isOpen: boolean;
  /** Of this node and all below it. */
  size: number;
  open: number;
  left: Node<Thing> | undefined;
  right: Node<Thing> | undefined;
}

/** A treap whose nodes count what is below them. Source: Seidel and Aragon, Randomized search trees, 1996. */
export function createRanked<Thing>(random: () => number = Math.random): Ranked<Thing> {
  let root: Node<Thing> | undefined;

  return {
    get size() {
      return root?.size ?? 0;
    },
    get open() {
      return root?.open ?? 0;
    },
    add(rank, thing, isOpen) {
      const [left, right] = split(root, rank);
      const node = {
        rank,
        thing,
        priority: random(),
        isOpen,
        size: 1,
        open: 0,
        left: undefined,
        right: undefined,
      };
      root = join(join(left, count(node)), right);
    },
    delete(rank) {
      root = without(root, rank);
    },
    setOpen(rank, isOpen) {
      open(root, rank, isOpen);
    },
    before(rank) {
      let [node, found] = [root, 0];
      while (node) {
        const isBefore = inOrder(node.rank, rank) < 0;
        if (isBefore) found += 1 + (node.left?.size ?? 0);
        node = isBefore ? node.right : node.left;
      }
      return found;
    },
    firstOpen() {
      let node = root?.open ? root : undefined;
      while (node) {
        if (node.left?.open) node = node.left;
        else if (node.isOpen) return node.thing;
        else node = node.right;
      }
      return undefined;
    },
  };
}

/** To sort by. */
export function inOrder(one: Rank, other: Rank): number {
  return one.round - other.round || one.number - other.number;
}

function count<Thing>(node: Node<Thing>): Node<Thing> {
  const { left, right } = node;
  node.size = 1 + (left?.size ?? 0) + (right?.size ?? 0);
  node.open = (node.isOpen ? 1 : 0) + (left?.open ?? 0) + (right?.open ?? 0);
  return node;
}

type Tree<Thing> = Node<Thing> | undefined;

/** Those before the rank, and the others. */
function split<Thing>(node: Tree<Thing>, rank: Rank): readonly [Tree<Thing>, Tree<Thing>] {
  if (!node) return [undefined, undefined];
  if (inOrder(node.rank, rank) < 0) {
    const [left, right] = split(node.right, rank);
    node.right = left;
    return [count(node), right];
  }
  const [left, right] = split(node.left, rank);
  node.left = right;
  return [left, count(node)];
}

/** All of `left` stands before all of `right`. */
function join<Thing>(left: Tree<Thing>, right: Tree<Thing>): Tree<Thing> {
  if (!left || !right) return left ?? right;
  if (left.priority > right.priority) {
    left.right = join(left.right, right);
    return count(left);
  }
  right.left = join(left, right.left);
  return count(right);
}

function without<Thing>(node: Tree<Thing>, rank: Rank): Tree<Thing> {
  if (!node) return undefined;
  const side = inOrder(rank, node.rank);
  if (side === 0) return join(node.left, node.right);
  if (side < 0) node.left = without(node.left, rank);
  else node.right = without(node.right, rank);
  return count(node);
}

function open<Thing>(node: Tree<Thing>, rank: Rank, isOpen: boolean): void {
  if (!node) return;
  const side = inOrder(rank, node.rank);
  if (side === 0) node.isOpen = isOpen;
  else open(side < 0 ? node.left : node.right, rank, isOpen);
  count(node);
}
