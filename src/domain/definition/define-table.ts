import { Fault } from '../fault.ts';
import type { KeyType } from '../key-value.ts';
import { isPlainObject, kindOf } from '../plain-value.ts';
import { type KeySchema, type RowModel, TableModel } from '../table-model.ts';
import {
  checkUse,
  loopsOf,
  overwritten,
  sharedIds,
  sharedKeys,
  sharedStates,
  sharedTargets,
} from './consistency.ts';
import { type Counts, countModel } from './counts.ts';
import { type Documents, documentModel } from './documents.ts';
import { type Derived, type Draft, rowModel, unreadable } from './draft.ts';
import { KeyTemplate } from './key-template.ts';
import type { PartRule } from './overlap.ts';
import { type Pointer, pointerModel } from './pointer.ts';
import { type Effect, effectModel } from './effect.ts';
import { membersOf, type Owner, shown } from './problems.ts';
import { type Rows, rowsModel } from './rows.ts';
import { readRow } from './row-model.ts';
import { isRowKind } from './row.ts';
import { type KeyAttribute, NO_KEYS, partsOf } from './templates.ts';

/** What is derived from the rows of one kind: made by `documents`, `counts`, `pointer`, `rows` or `effect`. */
export type Derivation = Documents | Counts | Pointer | Rows | Effect;

/** A kind of row of a table with these key attributes, whatever its templates and attributes. */
export interface RowOfTable<Attribute extends string> {
  readonly is: 'row';
  readonly key: Readonly<Record<Attribute, string>>;
}

/** An attribute of a table's key: a string by its name alone, or with its type: `S` string, `N` number, `B` bytes. */
export type KeyAttributeSpec<Name extends string = string> =
  Name | { readonly name: Name; readonly type: KeyType };

/** A table's key, its kinds of rows, and what is derived from them. */
export interface TableSpec<Partition extends string, Sort extends string> {
  /**
   * The attributes of the table's key; `sort` only where it has a sort key. A name alone is a string:
   * `{ partition: 'device', sort: { name: 'at', type: 'N' } }`.
   */
  readonly keys: {
    readonly partition: KeyAttributeSpec<Partition>;
    readonly sort?: KeyAttributeSpec<Sort>;
  };
  /** The kinds of rows that something is derived from, by name. No key may be of two kinds, unless their `when` tells which. */
  readonly rows: Readonly<Record<string, RowOfTable<NoInfer<Partition | Sort>>>>;
  /** What is derived, by name. State and messages go by the names, so that changing one is like a new derivation. */
  readonly derive: Readonly<Record<string, Derivation>>;
}

/** Kinds of rows whose keys have no other attributes; the type of any other says which it must not have. */
type WithoutOthers<Rows, Attribute extends string> = {
  readonly [Name in keyof Rows]: Rows[Name] extends { readonly key: infer Key }
    ? string extends keyof Key
      ? Rows[Name]
      : [keyof Key] extends [Attribute]
        ? Rows[Name]
        : `no attribute ${Exclude<keyof Key, Attribute> & string} of the table's key`
    : Rows[Name];
};

/** What is derived from a table's rows, checked. */
export interface TableDefinition<Rows = unknown, Derived = unknown> {
  readonly is: 'table';
  /** As it was given. */
  readonly spec: TableSpec<string, string>;
  /** The form that the worker works with. */
  readonly model: TableModel;
  /** For the compiler only, never there: the kinds of rows and the derivations by their names. */
  readonly types?: { readonly rows: Rows; readonly derive: Derived };
}

/**
 * Says what is derived from a table.
 *
 * @throws Fault `configuration` with everything that is wrong with the definition, one problem per line.
 */
export function defineTable<
  const Partition extends string,
  const Sort extends string = never,
  Rows extends TableSpec<Partition, Sort>['rows'] = TableSpec<Partition, Sort>['rows'],
  Derived extends TableSpec<Partition, Sort>['derive'] = TableSpec<Partition, Sort>['derive'],
>(
  spec: TableSpec<Partition, Sort> & {
    readonly rows: Rows & WithoutOthers<Rows, NoInfer<Partition | Sort>>;
    readonly derive: Derived;
  },
): TableDefinition<Rows, Derived> {
  const compilation = new Compilation(spec);
  const model = compilation.model();
  if (compilation.problems.length > 0) throw badDefinition(compilation.problems);
  return Object.freeze({ is: 'table', spec, model });
}

function badDefinition(problems: readonly string[]): Fault {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new Fault(
    'configuration',
    `the definition of the table has ${count}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    { reason: `the definition of the table has ${count}` },
  );
}

const NAME = /^[A-Za-z][\w-]*$/;
const NAMING = 'must begin with a letter, and go on with letters, digits, _ and -';

/** Reads as much as can be read, so that all that is wrong can be said at once, without what only follows from it. */
class Compilation {
  readonly problems: string[] = [];
  readonly #spec: { readonly [Member in 'keys' | 'rows' | 'derive']?: unknown };
  /** Undefined where they could not be read. */
  readonly #keys: KeySchema | undefined;
  /** By what the definition calls a kind of row. */
  readonly #drafts = new Map<unknown, Draft>();
  readonly #derived: Derived[] = [];
  /** Derivations by what they were made by, to tell one that stands under two names. */
  readonly #derivations = new Map<unknown, string>();
  #model: TableModel | undefined;
  /** Whether it is known of each derivation which row it is of. */
  #isUseKnown = true;

  constructor(spec: unknown) {
    const problem = (what: string) => this.problems.push(what);
    this.#spec = membersOf({ problem }, 'it', spec, ['keys', 'rows', 'derive']);
    // What is no object has been called that, and has no members to speak of.
    this.#keys = isPlainObject(spec) ? this.#keysOf(this.#spec.keys) : undefined;
    if (!isPlainObject(spec)) return;
    for (const [name, row] of this.#entriesOf('rows')) this.#readRow(name, row);
    for (const [name, derivation] of this.#entriesOf('derive')) this.#readDerivation(name, derivation);
    this.#checkTogether();
  }

  /** Of no use where there are problems, or before all is read. */
  model(): TableModel {
    this.#model ??= new TableModel(
      this.#keys ?? NO_KEYS,
      [...this.#drafts.values(), ...this.#derived].map(({ model }) => model),
    );
    return this.#model;
  }

  #keysOf(given: unknown): KeySchema | undefined {
    const before = this.problems.length;
    const problem = (what: string) => this.problems.push(what);
    const { partition, sort } = membersOf({ problem }, 'keys', given, ['partition', 'sort']);
    if (!isPlainObject(given)) return undefined;
    const first = this.#keyAttribute('keys.partition', partition);
    const second = sort === undefined ? undefined : this.#keyAttribute('keys.sort', sort);
    if (second !== undefined && second.name === first?.name)
      problem('keys.sort must be another attribute than keys.partition');
    if (first === undefined || this.problems.length !== before) return undefined;
    return {
      ...{ partition: first.name, partitionType: first.type },
      ...{ sort: second?.name, sortType: second?.type ?? 'S' },
    };
  }

  /** Undefined where something is wrong with it. */
  #keyAttribute(what: string, given: unknown): KeyAttribute | undefined {
    const problem = (found: string) => void this.problems.push(found);
    const isTyped = isPlainObject(given);
    const { name, type } = isTyped
      ? membersOf({ problem }, what, given, ['name', 'type'])
      : { name: given, type: 'S' };
    const isName = isAttributeName(name);
    if (!isName)
      problem(`${what}${isTyped ? '.name' : ''} must be the name of an attribute, and is ${shown(name)}`);
    const isType = type === 'S' || type === 'N' || type === 'B';
    if (!isType) problem(`${what}.type must be S (string), N (number) or B (bytes), and is ${shown(type)}`);
    return isName && isType ? { name, type } : undefined;
  }

  #entriesOf(member: 'rows' | 'derive'): [string, unknown][] {
    const given = this.#spec[member];
    if (isPlainObject(given)) {
      const entries = Object.entries(given);
      if (entries.length === 0 && member === 'rows') this.problems.push('rows names no kind of row');
      return entries;
    }
    this.#isUseKnown = false;
    const things = member === 'rows' ? 'kinds of rows' : 'derivations';
    this.problems.push(`${member} must be an object of ${things} by their names, and is ${kindOf(given)}`);
    return [];
  }

  #readRow(name: string, kind: unknown): void {
    const problem = (what: string) => this.problems.push(`row ${name}: ${what}`);
    if (!NAME.test(name)) problem(`its name ${NAMING}`);
    if (!isRowKind(kind)) {
      problem('it is not made by row(…)');
      // Which derivations are of it, nobody can tell.
      this.#drafts.set(kind, { ...unreadable(name), isUsed: true });
      return;
    }
    const known = this.#drafts.get(kind);
    if (known === undefined) this.#drafts.set(kind, readRow(name, kind, this.#keys, problem));
    else problem(`it is the same as the row ${known.model.name}`);
  }

  #readDerivation(name: string, derivation: unknown): void {
    const before = this.problems.length;
    const problem = (what: string) => this.problems.push(`derivation ${name}: ${what}`);
    if (!NAME.test(name)) problem(`its name ${NAMING}`);
    if ([...this.#drafts.values()].some(({ model }) => model.name === name))
      problem('a kind of row has its name');
    const known = this.#derivations.get(derivation);
    if (!isDerivation(derivation))
      problem('it is not made by documents(…), counts(…), pointer(…), rows(…) or effect(…)');
    else if (known !== undefined) problem(`it is the same as the derivation ${known}`);
    else {
      this.#derivations.set(derivation, name);
      const draft = this.#drafts.get(derivation.of);
      if (draft !== undefined) {
        draft.isUsed = true;
        const owner: Owner = { name, names: draft.isSound ? draft.model.names : undefined, problem };
        this.#compile(owner, derivation, draft, () => this.problems.length === before);
        return;
      }
      if (isPlainObject(this.#spec.rows)) problem(this.#unknownRow(derivation.of));
    }
    this.#isUseKnown = false;
  }

  #unknownRow(kind: unknown): string {
    if (!isRowKind(kind)) return `it is derived from ${kindOf(kind)}, which is not made by row(…)`;
    const text = (key: unknown) => (isPlainObject(key) ? JSON.stringify(Object.entries(key)) : undefined);
    for (const [other, { model }] of this.#drafts)
      if (isRowKind(other) && text(other.key) !== undefined && text(other.key) === text(kind.key))
        return `its row is not among the rows of the table: ${model.name} has the same key, but is another object; with(…) makes a new row, which must be the one that stands in rows`;
    return 'its row is not among the rows of the table';
  }

  /** @param isSound whether nothing is wrong with the derivation so far. */
  #compile(owner: Owner, derivation: Derivation, draft: Draft, isSound: () => boolean): void {
    const spec: unknown = derivation.spec;
    const row = draft.model;
    switch (derivation.is) {
      case 'documents': {
        const model = documentModel(owner, spec);
        if (isSound()) row.documents.push(model);
        break;
      }
      case 'counts': {
        const model = countModel(owner, spec, this.#keys);
        if (!isSound() || !draft.isSound) return;
        row.counts.push(model);
        this.#derives(owner.name, row, 'counts', model.partition, model.sort);
        break;
      }
      case 'rows': {
        const model = rowsModel(owner, spec, this.#keys, this.#derived, (partition, sort) =>
          this.model().rowOf(partition, sort),
        );
        if (isSound()) row.derivedRows.push(model);
        break;
      }
      case 'effect': {
        const model = effectModel(owner, spec);
        if (isSound()) row.effects.push(model);
        break;
      }
      case 'pointer': {
        const model = pointerModel(owner, spec, draft.isSound ? row : undefined, this.#keys);
        if (!isSound() || !draft.isSound) return;
        row.pointers.push(model);
        this.#derives(owner.name, row, 'pointer', row.partition, new KeyTemplate(model.at), row.rules);
        break;
      }
    }
  }

  #derives(
    name: string,
    from: RowModel,
    derivedBy: 'counts' | 'pointer',
    partition: KeyTemplate,
    sort: KeyTemplate | undefined,
    rulesOfParts: readonly PartRule[] = [],
  ): void {
    const names = partsOf(partition, sort);
    const rules = names.map((_, index) => rulesOfParts[index]);
    const model = rowModel({ name, partition, sort, names, rules, derivedBy, strict: from.strict });
    this.#derived.push({ model, from });
  }

  /** What is wrong with parts of the definition that are right by themselves. */
  #checkTogether(): void {
    const drafts = [...this.#drafts.values()];
    const kinds = drafts.filter(({ isSound }) => isSound).map(({ model }) => model);
    this.problems.push(
      ...sharedKeys(kinds),
      ...sharedIds(kinds),
      ...sharedStates(kinds),
      ...sharedTargets(this.#derived.map(({ model }) => model)),
      ...overwritten(kinds, this.#derived, this.#keys),
      ...loopsOf(kinds, this.#derived, this.#keys),
      ...(this.#isUseKnown ? checkUse(drafts) : []),
    );
  }
}

const KINDS: readonly Derivation['is'][] = ['documents', 'counts', 'pointer', 'rows', 'effect'];

function isDerivation(given: unknown): given is Derivation {
  return isPlainObject(given) && KINDS.includes(given['is'] as Derivation['is']);
}

function isAttributeName(given: unknown): given is string {
  return typeof given === 'string' && given !== '' && given !== '__proto__';
}
