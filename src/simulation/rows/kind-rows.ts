import { compareTexts } from '../../domain/compare-texts.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { RowKind } from '../../domain/definition/row.ts';
import { Fault } from '../../domain/fault.ts';
import { keyRecord } from '../../domain/key-value.ts';
import { fromPlain, toPlain } from '../../domain/plain-value.ts';
import { type ItemKey, keyOf, partOf, type Row } from '../../domain/row.ts';
import type { RowModel } from '../../domain/table-model.ts';
import { type Attributes, DecodedAttributes, type Value } from '../../domain/value.ts';
import type { Random } from '../../random/random.ts';
import { AttributePlan } from './attribute-plan.ts';
import { imageOf } from './image.ts';
import { changeOf, refusalOf } from './refusal.ts';
import { mutated, wrong } from './samples.ts';
import { rowThatFits } from './schema-row.ts';

/** Attributes of a row, those of its key left out. */
export type OwnAttributes = ReadonlyMap<string, Value>;

/** So many rows of a kind are looked for, and so often one is tried. */
const MOST_ROWS = 12;
const MOST_ATTEMPTS = 240;

export interface KindRowsOptions {
  readonly definition: TableDefinition;
  readonly kind: RowKind;
  readonly model: RowModel;
  /** Keys that rows of the kind have, as the kind sees them: at least one. */
  readonly examples: readonly Row[];
  readonly samples: readonly OwnAttributes[] | undefined;
  readonly mutate: boolean;
}

/** Rows of a kind that the definition takes, without their keys. */
export interface KindRows {
  readonly rows: readonly OwnAttributes[];
  /** Rows, each with one that differs from it in what nothing reads. */
  readonly unread: readonly (readonly [OwnAttributes, OwnAttributes])[];
}

/** @throws Fault `configuration` where none is found that the definition takes. */
export function kindRows(options: KindRowsOptions, random: Random): KindRows {
  const { definition, kind, model, examples, samples, mutate } = options;
  const [example] = examples;
  if (example === undefined) return { rows: [], unread: [] };
  const names = Object.fromEntries(model.names.map((name) => [name, partOf(example, name) ?? '']));
  const plan = new AttributePlan(definition, kind, model, names, random);
  const search = new Search(options);
  if (samples === undefined) {
    search.fromPlan(plan, random);
    if (search.found.length === 0) throw noneFound(model.name, search.refusal);
  } else {
    for (const [index, sample] of samples.entries())
      if (!search.try(sample))
        throw wrong(
          model.name,
          `have one that the definition refuses, sample ${index + 1}: ${search.refusal?.message ?? ''}`,
        );
    for (let attempt = 0; mutate && attempt < MOST_ATTEMPTS && search.found.length < MOST_ROWS; attempt++)
      search.try(mutated(samples, random));
  }
  const { unread } = plan;
  const noted = search.found
    .slice(0, 3)
    .flatMap((row) =>
      unread.usual.slice(0, 2).map((value) => [row, new Map(row).set(unread.name, value)] as const),
    );
  return { rows: search.found, unread: noted };
}

/** A whole row: its key, and what it holds beside that. */
export function wholeRow({ model: { keys } }: TableDefinition, key: ItemKey, own: OwnAttributes): Attributes {
  const all = [...own, ...Object.entries(keyRecord(keys, key))];
  return new DecodedAttributes(new Map(all.toSorted(([one], [other]) => compareTexts(one, other))));
}

class Search {
  readonly found: OwnAttributes[] = [];
  /** Why the last one was refused. */
  refusal: Fault | undefined;
  readonly #options: KindRowsOptions;
  readonly #seen = new Set<string>();

  constructor(options: KindRowsOptions) {
    this.#options = options;
  }

  /** Keeps a row that the definition takes, whichever of the keys it has. */
  try(own: OwnAttributes): boolean {
    const text = JSON.stringify(imageOf(own));
    if (this.#seen.has(text)) return this.found.includes(own);
    const { definition, examples } = this.#options;
    for (const row of examples) {
      const attributes = wholeRow(definition, keyOf(row), own);
      this.refusal = refusalOf(changeOf(row, undefined, attributes));
      if (this.refusal !== undefined) continue;
      this.#seen.add(text);
      this.found.push(own);
      return true;
    }
    return false;
  }

  fromPlan(plan: AttributePlan, random: Random): void {
    for (let attempt = 0; attempt < 3; attempt++) this.#fromSchema(plan, random);
    for (let attempt = 0; attempt < MOST_ATTEMPTS && this.found.length < MOST_ROWS; attempt++) {
      if (this.found.length === 0 || random.chance(0.2)) {
        // The longer none is found, the less is odd.
        this.try(plan.draw(attempt % 3 === 0 ? 0.2 : 0));
        continue;
      }
      const row = new Map(random.pick(this.found));
      for (let change = random.int(1, 2); change > 0 && plan.attributes.length > 0; change--) {
        const planned = random.pick(plan.attributes);
        const value = plan.drawOne(planned, 0.3);
        if (value === undefined) row.delete(planned.name);
        else row.set(planned.name, value);
      }
      this.try(row);
    }
  }

  #fromSchema(plan: AttributePlan, random: Random): void {
    const { definition, model, examples } = this.#options;
    if (model.schema === undefined) return;
    const told = new Map(plan.draw(0));
    for (const name of told.keys())
      if (model.when?.some((rule) => rule.name === name) !== true) told.delete(name);
    const start: Record<string, unknown> = {};
    try {
      for (const [name, value] of wholeRow(definition, keyOf(random.pick(examples)), told).all())
        start[name] = toPlain(value, model.numbers, name);
    } catch (error) {
      // A key with a number that functions cannot be given: no row that has it is taken.
      this.refusal = Fault.from(error);
      return;
    }
    const fitting = rowThatFits(model.schema, start, random);
    if (fitting === undefined) return;
    const { partition, sort } = definition.model.keys;
    const values = Object.entries(fromPlain(fitting, '') as Readonly<Record<string, Value>>);
    this.try(new Map(values.filter(([name]) => name !== partition && name !== sort)));
  }
}

function noneFound(kind: string, refusal: Fault | undefined): Fault {
  return new Fault(
    'configuration',
    `no ${kind} row was found that the definition takes: give samples of such rows, as ` +
      `rows: { ${/^\w+$/.test(kind) ? kind : JSON.stringify(kind)}: [{ … }] }. The last that was tried is refused: ${refusal?.message ?? 'it is of another kind'}`,
    refusal === undefined ? {} : { cause: refusal },
  );
}
