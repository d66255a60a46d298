import { isTaken } from '../../../application/propose/names.ts';
import type { Proposal, ProposedKind } from '../../../application/propose/proposal.ts';
import { Fault } from '../../../domain/fault.ts';

/** What somebody wants of a proposal. */
export interface Choices {
  /** Names of kinds to take, each with the name that it gets; all as they are where there is none. */
  readonly kinds: ReadonlyMap<string, string>;
  /** Kinds to make searchable, by the names that they get. */
  readonly search: readonly string[];
  readonly counts: readonly CountChoice[];
}

export interface CountChoice {
  readonly kind: string;
  /** Attributes that together are what is counted by. */
  readonly by: readonly string[];
}

export const NO_CHOICES: Choices = { kinds: new Map(), search: [], counts: [] };

const NAME = /^[A-Za-z]\w*$/;

/**
 * Reads `NAME` and `NAME=NEW`.
 *
 * @throws Fault `configuration` for a kind that there is none of, or a name that cannot be one.
 */
export function kindChoices(texts: readonly string[], { kinds }: Proposal): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>();
  for (const text of texts) {
    const [name = '', renamed = name] = text.split('=', 2);
    if (!kinds.some((kind) => kind.name === name)) throw unknown('kind', name, kinds);
    if (!NAME.test(renamed))
      throw wrong(
        `${JSON.stringify(renamed)} cannot be the name of a kind: begin with a letter, and go on with letters, digits and _`,
      );
    if (isTaken(renamed))
      throw wrong(`${renamed} cannot be the name of a kind: TypeScript, or the definition itself, has it`);
    if ([...chosen.values()].includes(renamed)) throw wrong(`two kinds cannot both be called ${renamed}`);
    chosen.set(name, renamed);
  }
  return chosen;
}

/** Reads `KIND:ATTRIBUTE` and `KIND:ATTRIBUTE,ATTRIBUTE`; which kinds and attributes there are, the plan checks. */
export function countChoice(text: string): CountChoice {
  const at = text.indexOf(':');
  const by = text
    .slice(at + 1)
    .split(',')
    .map((name) => name.trim());
  if (at <= 0 || by.includes(''))
    throw wrong(
      `${JSON.stringify(text)} does not say what to count: expected KIND:ATTRIBUTE, such as order:status`,
    );
  return { kind: text.slice(0, at).trim(), by };
}

/** The kinds that were chosen, by their new names. */
export function chosenKinds({ kinds }: Proposal, choices: Choices): readonly ProposedKind[] {
  if (choices.kinds.size === 0) return kinds;
  return kinds.flatMap((kind) => {
    const name = choices.kinds.get(kind.name);
    return name === undefined ? [] : [{ ...kind, name }];
  });
}

export function unknown(what: string, name: string, known: readonly { readonly name: string }[]): Fault {
  return wrong(
    `there is no ${what} ${JSON.stringify(name)}; there are ${known.map((one) => one.name).join(', ') || 'none'}`,
  );
}

export function wrong(message: string): Fault {
  return new Fault('configuration', message);
}
