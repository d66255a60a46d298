import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { keyNames } from '../../domain/definition/templates.ts';
import type { RowKind } from '../../domain/definition/row.ts';
import { toPlain } from '../../domain/plain-value.ts';
import type { RowModel } from '../../domain/table-model.ts';
import type { Value } from '../../domain/value.ts';
import type { Random } from '../../random/random.ts';
import { Asked, noteQuestions } from './asked.ts';
import { derivationsOf, functionsOf, literalsIn, type RowFunction } from './row-functions.ts';
import { AMOUNTS, anyValue, isPlain, oddText, TEXTS, valueFor } from './values.ts';

/** The attributes that rows of a kind are given, by name, each with few values. */
export interface PlannedAttribute {
  readonly name: string;
  readonly usual: readonly Value[];
  /** Undefined stands for a row without the attribute. */
  readonly odd: readonly (Value | undefined)[];
}

/** So often functions are called again with the attributes that they have asked for, and ask for more. */
const MOST_WAVES = 5;
/** So many values an attribute has: rows must go back to what they were. */
const FEW = 4;

const NUMBER_TEXTS = ['1', '1.0', '-1', '10', '0.5'];
const BYTES_TEXTS = ['AA', 'YQ', '_w'];

/** Works out from a definition alone what attributes its rows have. */
export class AttributePlan {
  readonly #planned = new Map<string, PlannedAttribute>();
  readonly #random: Random;
  readonly #model: RowModel;
  /** What the key's attributes hold is not the row's to say. */
  readonly #keyNames: readonly string[];
  readonly #asked = new Asked();
  readonly #functions: readonly RowFunction[];
  readonly #literals: readonly string[];
  /** Whether functions are given all attributes as JavaScript numbers. */
  readonly #isPlain: boolean;

  /** @param key the parts of a key that rows of the kind can have. */
  constructor(
    definition: TableDefinition,
    kind: RowKind,
    model: RowModel,
    key: Readonly<Record<string, string>>,
    random: Random,
  ) {
    this.#random = random;
    this.#model = model;
    this.#keyNames = keyNames(definition.model.keys);
    const derivations = derivationsOf(definition, kind);
    const { schema } = kind.options;
    const validation: RowFunction[] =
      schema === undefined
        ? []
        : [{ run: (_, attributes) => schema['~standard'].validate(attributes), source: '' }];
    this.#functions = [...derivations.flatMap(functionsOf), ...validation];
    this.#literals = [...literalsIn(this.#functions), ...typedTexts(model)];
    this.#isPlain = model.numbers === 'plain' && this.#functions.length > 0;
    this.#planTold();
    // What functions do with an attribute tells more than that it is named.
    this.#ask(key, 0);
    this.#planNamed();
    for (let wave = 1, known = -1; wave < MOST_WAVES && known !== this.#asked.members.size; wave++) {
      known = this.#asked.members.size;
      this.#ask(key, wave);
    }
  }

  get attributes(): readonly PlannedAttribute[] {
    return [...this.#planned.values()];
  }

  /** An attribute that nothing reads, unless something reads all. */
  get unread(): PlannedAttribute {
    const name = ['unread', 'notes', '__proto__', 'constructor', 'expires_at'].find(
      (one) => !this.#planned.has(one) && this.#random.chance(0.6),
    );
    return {
      name: name ?? 'nobody_reads_this',
      usual: this.#few(() => anyValue(this.#random)),
      odd: [undefined],
    };
  }

  /** A row's attributes by chance. @param oddity how likely each is what it should not be. */
  draw(oddity: number): Map<string, Value> {
    const drawn = new Map<string, Value>();
    for (const planned of this.#planned.values()) {
      const value = this.drawOne(planned, oddity);
      if (value !== undefined) drawn.set(planned.name, value);
    }
    return drawn;
  }

  drawOne({ usual, odd }: PlannedAttribute, oddity: number): Value | undefined {
    return this.#random.pick(odd.length > 0 && this.#random.chance(oddity) ? odd : usual);
  }

  #planTold(): void {
    const { when = [], counts } = this.#model;
    for (const { name, values } of when) this.#planned.set(name, { name, usual: values, odd: [] });
    for (const { amount } of counts)
      if (typeof amount === 'string')
        this.#plan(
          amount,
          () => this.#random.pick(AMOUNTS),
          () => undefined,
        );
    for (const { by, typed } of counts)
      for (const name of isNames(by) ? by : []) {
        const type = typed.find(({ part }) => part === name)?.type ?? 'S';
        const texts = { S: [...TEXTS, ...this.#literals], N: NUMBER_TEXTS, B: BYTES_TEXTS }[type];
        this.#plan(
          name,
          () => this.#random.pick(texts),
          () => (this.#random.chance(0.3) ? undefined : oddText(this.#random)),
        );
      }
  }

  #planNamed(): void {
    const { documents, pointers, names } = this.#model;
    const named = [
      ...documents.flatMap(({ fields }) => (isNames(fields) ? fields : [])),
      ...pointers.flatMap(({ repeat }) => repeat),
    ];
    // What a row says of its key's parts must be what its key says.
    for (const name of named) if (!names.includes(name)) this.#planAny(name);
  }

  #planAny(name: string): void {
    const any = () => anyValue(this.#random);
    this.#plan(name, any, () => (this.#random.chance(0.5) ? undefined : any()));
  }

  /** Calls the functions: first with hardly anything, then with rows of what they have asked for. */
  #ask(key: Readonly<Record<string, string>>, wave: number): void {
    for (const { run } of this.#functions)
      for (let row = 0; row < (wave === 0 ? 1 : FEW); row++) {
        const attributes = plainOf(wave === 0 ? new Map() : this.draw(0.1));
        noteQuestions((given) => run(key, given), attributes, this.#asked, wave > 0);
      }
    for (const [name, asked] of this.#asked.members) this.#planRead(name, asked);
  }

  #planRead(name: string, asked: Asked): void {
    const value = () => valueFor(asked, this.#literals, this.#random);
    this.#plan(name, value, () => (this.#random.chance(0.5) ? undefined : anyValue(this.#random, AMOUNTS)));
  }

  #plan(name: string, usual: () => Value, odd: () => Value | undefined): void {
    if (this.#planned.has(name) || name === '' || this.#keyNames.includes(name)) return;
    this.#planned.set(name, { name, usual: this.#few(usual), odd: [odd(), odd()] });
  }

  #few(draw: () => Value): readonly Value[] {
    const values: Value[] = [];
    for (let attempt = 0; attempt < 4 * FEW && values.length < FEW; attempt++) {
      const value = draw();
      if (!this.#isPlain || isPlain(value)) values.push(value);
    }
    return values.length > 0 ? values : ['a'];
  }
}

function isNames(names: unknown): names is readonly string[] {
  return Array.isArray(names);
}

/** Texts of numbers and bytes, where tuples must hold such. */
function typedTexts({ counts }: RowModel): readonly string[] {
  const types = new Set(counts.flatMap(({ typed }) => typed.map(({ type }) => type)));
  return [...(types.has('N') ? NUMBER_TEXTS : []), ...(types.has('B') ? BYTES_TEXTS : [])];
}

function plainOf(attributes: ReadonlyMap<string, Value>): object {
  const plain = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of attributes) plain[name] = toPlain(value, 'exact', name);
  return plain;
}
