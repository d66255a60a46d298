import { groupBy } from '../../domain/coalesce.ts';
import type { Contribution, CountModel } from '../../domain/count.ts';
import type { CountState } from '../../domain/count-move.ts';
import type { DerivedKey, RowsState } from '../../domain/derived-rows.ts';
import { nameOfKey } from '../../domain/derived-rows.ts';
import { compareCounted, compareDocument } from '../../domain/drift/compare.ts';
import { compareRows, keysToRead, type RowThere } from '../../domain/drift/compare-rows.ts';
import {
  type Expected,
  type ExpectedCounts,
  type ExpectedDocument,
  expectedOf,
  type ExpectedRows,
} from '../../domain/drift/expected.ts';
import type { Finding } from '../../domain/drift/finding.ts';
import { Fault } from '../../domain/fault.ts';
import type { Row } from '../../domain/row.ts';
import type { DocumentFields, DocumentKey } from '../../domain/search-document.ts';
import type { Attributes } from '../../domain/value.ts';
import type { Version } from '../../domain/version.ts';
import type { LookParts } from './look-parts.ts';
import type { Seen } from './seen.ts';
import type { ListedKey } from './subject.ts';

/** A row to be looked at. */
export interface RowLook {
  readonly row: Row;
  readonly listed: readonly ListedKey[];
  /** As it is now; undefined where there is none, a Fault where that cannot be told. */
  readonly attributes: Attributes | undefined | Fault;
}

/** What a row was seen to be, and what must be derived from it. */
export interface RowSeen {
  readonly seen: Seen;
  /** Of a row that the definition refuses, what is counted for it stays so. */
  readonly expected: Expected;
}

/** A row's look while it goes on. */
interface Looking {
  readonly look: RowLook;
  readonly expected: Expected;
  readonly findings: Finding[];
  /** What moves with each change that is handled. */
  readonly marks: string[];
  /** Why something could not be told. */
  fault: Fault | undefined;
}

/** Looks at rows and at all that is derived from them but pointers; one result per row, in the order given. */
export async function lookAtRows(
  parts: LookParts,
  looks: readonly RowLook[],
  signal: AbortSignal,
): Promise<readonly RowSeen[]> {
  const results = looks.map((look) => beginning(parts, look));
  const going = results.flatMap((result) => ('expected' in result ? [result] : []));
  await lookAtDocuments(parts, going, signal);
  await lookAtCounts(parts, going, signal);
  await lookAtDerivedRows(parts, going, signal);
  const refused = results.flatMap((result) => ('expected' in result ? [] : [result]));
  const left = await countedAnyway(parts, refused, signal);
  return results.map((result) => {
    if (!('expected' in result))
      return {
        seen: { is: 'refused', fault: result.fault },
        expected: { ...NOTHING, counts: left.get(result.look) ?? [] },
      };
    const { expected, findings, marks, fault } = result;
    if (fault !== undefined)
      return { seen: { is: fault.kind === 'permanent' ? 'refused' : 'unclear', fault }, expected };
    if (findings.length === 0) return { seen: { is: 'same' }, expected };
    return { seen: { is: 'differs', findings, mark: marks.join() }, expected };
  });
}

const NOTHING: Expected = { documents: [], counts: [], rows: [] };

function beginning(
  { isAsked }: LookParts,
  look: RowLook,
): Looking | { readonly look: RowLook; readonly fault: Fault } {
  const { row, attributes } = look;
  const rest = { look, findings: [], marks: [] };
  if (Fault.is(attributes)) return { ...rest, expected: NOTHING, fault: attributes };
  try {
    const { documents, counts, rows } = expectedOf(row, attributes);
    const asked = <One extends { readonly model: { readonly name: string } }>(all: readonly One[]) =>
      all.filter(({ model }) => isAsked(model.name));
    return {
      ...rest,
      expected: { documents: asked(documents), counts: asked(counts), rows: asked(rows) },
      fault: undefined,
    };
  } catch (error) {
    return { look, fault: Fault.from(error) };
  }
}

/** Of each that something is asked about, in requests for many. */
interface Asked<What> {
  readonly looking: Looking;
  readonly what: What;
}

function askedOf<What>(
  going: readonly Looking[],
  list: (looking: Looking) => readonly What[],
): readonly Asked<What>[] {
  return going.flatMap((looking) => list(looking).map((what) => ({ looking, what })));
}

async function lookAtDocuments(parts: LookParts, going: readonly Looking[], signal: AbortSignal) {
  const { index, asHeld } = parts;
  if (index === undefined) return;
  const asked = askedOf(going, ({ expected }) => expected.documents);
  const byCollection = groupBy(asked, ({ what }) => what.key.collection);
  const differing: Asked<ExpectedDocument>[] = [];
  for (const [collection, some] of byCollection) {
    const ids = some.map(({ what }) => what.key.id);
    const found = await index.read(collection, ids, signal);
    for (const [at, { looking, what }] of some.entries()) {
      const is: DocumentFields | undefined | Fault = found[at];
      const must = what.fields === undefined ? undefined : asHeld(what.key, what.fields);
      if (Fault.is(is)) looking.fault ??= is;
      // An engine that refuses the document has none, or an older one: nobody could bring that into line.
      else if (Fault.is(must)) looking.fault ??= must;
      else {
        const findings = compareDocument(looking.look.row, { ...what, fields: must }, is);
        looking.findings.push(...findings);
        if (findings.length > 0) differing.push({ looking, what });
      }
    }
  }
  const marks = await documentMarks(
    parts,
    differing.map(({ what }) => what.key),
    signal,
  );
  for (const [at, { looking }] of differing.entries()) note(looking, marks[at]);
}

/** What moves whenever a document is written, each after it was read. */
export async function documentMarks(
  { fences }: LookParts,
  keys: readonly DocumentKey[],
  signal: AbortSignal,
): Promise<readonly (string | Fault)[]> {
  if (keys.length === 0 || fences === undefined) return keys.map(() => '');
  const loaded = await fences.load(keys, signal);
  return keys.map((_, at) => {
    const fence = loaded[at];
    if (fence === undefined || Fault.is(fence)) return fence ?? '';
    return `${markOf(fence)}/${fence.revision}`;
  });
}

async function lookAtCounts({ matcher }: LookParts, going: readonly Looking[], signal: AbortSignal) {
  const asked = askedOf(going, ({ expected }) => expected.counts);
  if (asked.length === 0) return;
  const rows = asked.map(({ looking, what }) => ({ model: what.model, row: looking.look.row }));
  const states = await matcher.look(rows, signal);
  for (const [at, { looking, what }] of asked.entries()) {
    const state: CountState | undefined | Fault = states[at];
    note(looking, Fault.is(state) ? state : markOf(state));
    if (!Fault.is(state)) looking.findings.push(...compareCounted(looking.look.row, what, state));
  }
}

async function lookAtDerivedRows({ derivedRows }: LookParts, going: readonly Looking[], signal: AbortSignal) {
  const asked = askedOf(going, ({ expected }) => expected.rows);
  if (asked.length === 0) return;
  const rows = asked.map(({ looking, what }) => ({ model: what.model, row: looking.look.row }));
  const states = await derivedRows.load(rows, signal);
  const there = asked.flatMap(({ looking, what }, at) => {
    const state: RowsState | undefined | Fault = states[at];
    note(looking, Fault.is(state) ? state : markOf(state));
    if (Fault.is(state)) return [];
    const listed = looking.look.listed
      .filter(({ derivation }) => derivation === what.model.name)
      .map(({ key }) => key);
    return [{ looking, what, state, listed, keys: keysToRead(what, { state, listed }) }];
  });
  const keys: readonly DerivedKey[] = there.flatMap((one) => one.keys);
  const found = keys.length === 0 ? [] : await derivedRows.read(keys, signal);
  let next = 0;
  for (const one of there) {
    const at = new Map<string, RowThere | undefined>();
    for (const key of one.keys) {
      const is: RowThere | undefined | Fault = found[next++];
      if (Fault.is(is)) one.looking.fault ??= is;
      else at.set(nameOfKey(key), is);
    }
    const { looking, what, state, listed } = one;
    looking.findings.push(
      ...compareRows(looking.look.row, what satisfies ExpectedRows, { state, listed, at }),
    );
  }
}

/** What is counted for rows that the definition refuses stays so: it is what their counts hold of them. */
async function countedAnyway(
  { matcher, isAsked }: LookParts,
  refused: readonly { readonly look: RowLook }[],
  signal: AbortSignal,
): Promise<ReadonlyMap<RowLook, readonly ExpectedCounts[]>> {
  const asked = refused.flatMap(({ look }) =>
    look.row.model.counts.filter(({ name }) => isAsked(name)).map((model) => ({ look, model })),
  );
  const counted = new Map<RowLook, { model: CountModel; contributions: readonly Contribution[] }[]>();
  if (asked.length === 0) return counted;
  const states = await matcher.look(
    asked.map(({ look, model }) => ({ model, row: look.row })),
    signal,
  );
  for (const [at, { look, model }] of asked.entries()) {
    const state = states[at];
    const contributions = state === undefined || Fault.is(state) ? [] : state.contributions;
    counted.set(look, [...(counted.get(look) ?? []), { model, contributions }]);
  }
  return counted;
}

function note(looking: Looking, mark: string | Fault | undefined): void {
  if (Fault.is(mark)) looking.fault ??= mark;
  else looking.marks.push(mark ?? '');
}

function markOf(state: { readonly version: Version } | undefined): string {
  if (state === undefined) return '';
  const { generation, epoch, sequence, fill = 0 } = state.version;
  return `${generation}/${epoch}/${sequence.replace(/^0+/, '')}/${fill}`;
}
