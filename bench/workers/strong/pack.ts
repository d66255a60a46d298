import type { Tuple } from './links.ts';

/** DynamoDB's limit on a transaction. */
export const ITEMS = 100;

/** A link's state going from one tuple to another. */
export interface Move {
  readonly from: Tuple | undefined;
  readonly to: Tuple | undefined;
}

/**
 * Puts moves into as few transactions as fit, so that those of different chains share no count and may go at once.
 * Those of one chain go one after the other.
 */
export function chainsOf<M extends Move>(moves: readonly M[]): M[][][] {
  const chains: M[][][] = [];
  const bins: { readonly moves: M[]; items: number }[] = [];
  for (const group of groupsOf(moves)) {
    const pieces = piecesOf(group);
    const [only] = pieces;
    if (only === undefined || pieces.length > 1) {
      chains.push(pieces);
      continue;
    }
    const items = itemsOf(only);
    const bin = bins.find((one) => one.items + items <= ITEMS);
    if (bin === undefined) bins.push({ moves: only, items });
    else {
      bin.moves.push(...only);
      bin.items += items;
    }
  }
  return [...chains, ...bins.map((bin) => [bin.moves])];
}

/** Moves that are connected by tuples. */
export function groupsOf<M extends Move>(moves: readonly M[]): M[][] {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    const parent = parents.get(name) ?? name;
    if (parent === name) return name;
    const root = rootOf(parent);
    parents.set(name, root);
    return root;
  };
  for (const { from, to } of moves)
    if (from !== undefined && to !== undefined) parents.set(rootOf(from.name), rootOf(to.name));
  const groups = new Map<string | M, M[]>();
  for (const move of moves) {
    // What moves no count may go with anything.
    const [name] = namesIn(move);
    const root = name === undefined ? move : rootOf(name);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [move]);
    else group.push(move);
  }
  return [...groups.values()];
}

/** A group in pieces that each fit into a transaction, moves of one tuple together. */
function piecesOf<M extends Move>(group: readonly M[]): M[][] {
  if (itemsOf(group) <= ITEMS) return [[...group]];
  const tupleName = ({ from, to }: Move) => (to ?? from)?.name ?? '';
  const pieces: M[][] = [];
  let piece: M[] = [];
  const tuples = new Set<string>();
  for (const move of group.toSorted((a, b) => (tupleName(a) < tupleName(b) ? -1 : 1))) {
    const names = namesIn(move);
    if (piece.length + 1 + new Set([...tuples, ...names]).size > ITEMS) {
      pieces.push(piece);
      piece = [];
      tuples.clear();
    }
    piece.push(move);
    for (const name of names) tuples.add(name);
  }
  pieces.push(piece);
  return pieces;
}

/** States, and counts at most. */
function itemsOf(moves: readonly Move[]): number {
  return moves.length + new Set(moves.flatMap(namesIn)).size;
}

function namesIn({ from, to }: Move): string[] {
  return from?.name === to?.name ? [] : [from, to].flatMap((tuple) => tuple?.name ?? []);
}

/** Units in as few transactions as fit in their order. */
export function inTransactions<T>(units: readonly (readonly T[])[]): T[][] {
  const transactions: T[][] = [];
  for (const unit of units) {
    const last = transactions.at(-1);
    if (last === undefined || last.length + unit.length > ITEMS) transactions.push([...unit]);
    else last.push(...unit);
  }
  return transactions;
}
