import { compareDocument, comparePointer } from '../../domain/drift/compare.ts';
import type { Finding } from '../../domain/drift/finding.ts';
import { describeKey } from '../../domain/derived-rows.ts';
import { Fault } from '../../domain/fault.ts';
import { type ItemKey, itemKey, keyOf } from '../../domain/row.ts';
import type { Attributes } from '../../domain/value.ts';
import type { LookParts } from './look-parts.ts';
import { documentMarks, lookAtRows } from './look-at-rows.ts';
import type { Seen } from './seen.ts';
import type { Subject } from './subject.ts';

type Of<Is extends Subject['is']> = Extract<Subject, { readonly is: Is }>;

/**
 * Looks at subjects, each row and what is derived of it as they are now. One result per subject, in the order given. Rejects once
 * `signal` is aborted, and where nothing can be read at all.
 */
export async function lookAgain(
  parts: LookParts,
  subjects: readonly Subject[],
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const seen = new Map<Subject, Seen>();
  const of = <Is extends Subject['is']>(is: Is) =>
    subjects.filter((subject): subject is Of<Is> => subject.is === is);
  const rows = of('row');
  const attributes = await readRows(
    parts,
    rows.map(({ row }) => keyOf(row)),
    signal,
  );
  const looks = rows.map(({ row, listed }, at) => ({ row, listed, attributes: attributes[at] }));
  const all = (some: readonly Subject[], results: readonly Seen[]) => {
    for (const [at, subject] of some.entries()) seen.set(subject, results[at] ?? UNANSWERED);
  };
  if (rows.length > 0)
    all(
      rows,
      (await lookAtRows(parts, looks, signal)).map((one) => one.seen),
    );
  const pointers = of('pointer');
  if (pointers.length > 0) all(pointers, await lookAtPointers(parts, pointers, signal));
  const documents = of('document');
  if (documents.length > 0) all(documents, await lookAtDocuments(parts, documents, signal));
  const derived = of('derived row');
  if (derived.length > 0) all(derived, await lookAtStrayRows(parts, derived, signal));
  return subjects.map((subject) => seen.get(subject) ?? UNANSWERED);
}

const UNANSWERED: Seen = {
  is: 'unclear',
  fault: new Fault('transient', 'nothing was answered of what was asked for'),
};

/** Rows that are asked for twice are read once. */
async function readRows(
  { sourceRows }: LookParts,
  keys: readonly ItemKey[],
  signal: AbortSignal,
): Promise<readonly (Attributes | undefined | Fault)[]> {
  const distinct = [...new Map(keys.map((key) => [itemKey(key), key])).values()];
  const found = distinct.length === 0 ? [] : await sourceRows.read(distinct, signal);
  const byKey = new Map(distinct.map((key, at) => [itemKey(key), found[at]]));
  return keys.map((key) => byKey.get(itemKey(key)));
}

/** Looks at pointers, each with its rows. */
export async function lookAtPointers(
  { images }: LookParts,
  pointers: readonly Pick<Of<'pointer'>, 'entity'>[],
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const views = await images.load(
    pointers.map(({ entity }) => entity),
    signal,
  );
  return pointers.map((_, at): Seen => {
    const view = views[at];
    if (view === undefined) return UNANSWERED;
    if (Fault.is(view)) return { is: 'unclear', fault: view };
    const findings = comparePointer(view);
    if (findings === undefined) return { is: 'unclear', fault: TORN };
    return findings.length === 0 ? { is: 'same' } : { is: 'differs', findings, mark: view.revision ?? '' };
  });
}

const TORN = new Fault('conflict', 'its rows changed while they were read');

/** Documents of which no row can be named: none of them must be there. */
async function lookAtDocuments(
  parts: LookParts,
  documents: readonly Of<'document'>[],
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const marks = await documentMarks(
    parts,
    documents.map(({ key }) => key),
    signal,
  );
  return Promise.all(
    documents.map(async ({ derivation, key }, at): Promise<Seen> => {
      const [is] = (await parts.index?.read(key.collection, [key.id], signal)) ?? [];
      const mark = marks[at] ?? '';
      if (Fault.is(is)) return { is: 'unclear', fault: is };
      if (Fault.is(mark)) return { is: 'unclear', fault: mark };
      const findings = compareDocument(
        undefined,
        { model: { name: derivation }, key, fields: undefined },
        is,
      );
      return findings.length === 0 ? { is: 'same' } : { is: 'differs', findings, mark };
    }),
  );
}

/** Derived rows that say they are derived from what is no row that can be. */
async function lookAtStrayRows(
  { derivedRows }: LookParts,
  rows: readonly Of<'derived row'>[],
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const found = await derivedRows.read(
    rows.map(({ key }) => key),
    signal,
  );
  return rows.map(({ derivation, key, source }, at): Seen => {
    const is = found[at];
    if (Fault.is(is)) return { is: 'unclear', fault: is };
    if (is?.source !== source) return { is: 'same' };
    const finding: Finding = {
      ...{ drift: 'extra' as const, derivation, item: `row ${describeKey(key)}` },
      ...{ row: undefined, must: undefined },
      is: { ...is.attributes, '(derived from)': source },
    };
    return { is: 'differs', findings: [finding], mark: '' };
  });
}
