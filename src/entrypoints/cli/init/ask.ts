import { createInterface } from 'node:readline/promises';
import type { Proposal } from '../../../application/propose/proposal.ts';
import { Fault } from '../../../domain/fault.ts';
import { type Choices, chosenKinds, countChoice, kindChoices, unknown, wrong } from './choices.ts';
import { planOf } from './plan.ts';
import { kindsText } from './report.ts';

/** Asks one question; the answer may be empty. */
export type Ask = (question: string) => Promise<string>;

/** Asks on a terminal, for as long as `work` takes. Ctrl-C ends the process as elsewhere, the end of the input too. */
export async function withTerminal<T>(
  work: (ask: Ask, say: (text: string) => void) => Promise<T>,
): Promise<T> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<never>((_, reject) => {
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    lines.on('close', () => reject(wrong('the questions were not answered: nothing was written')));
  });
  // Where everything has been answered, it is closed all the same, and nobody waits for that.
  closed.catch(() => undefined);
  try {
    return await work(
      (question) => Promise.race([lines.question(question), closed]),
      (text) => process.stderr.write(text),
    );
  } finally {
    lines.close();
  }
}

/** Asks which kinds to take, what to call them, and what to derive. A wrong answer is explained, and asked for again. */
export async function askedChoices(
  proposal: Proposal,
  ask: Ask,
  say: (text: string) => void,
): Promise<Choices> {
  say(`\n${kindsText(proposal, true)}\n`);
  const kinds = await answered(ask, say, 'Which kinds (numbers or names; all with Enter)? ', (text) => {
    const names = namesIn(
      text,
      proposal.kinds.map(({ name }) => name),
    );
    return kindChoices(names.length === 0 ? proposal.kinds.map(({ name }) => name) : names, proposal);
  });
  const renamed = await answered(ask, say, 'Other names (such as img=image; none with Enter)? ', (text) => {
    const known = [...kinds.keys()];
    for (const word of words(text)) {
      const [name = ''] = word.split('=', 1);
      if (!word.includes('=')) throw wrong(`${JSON.stringify(word)} is no other name: expected NAME=NEW`);
      if (!known.includes(name))
        throw unknown(
          'kind',
          name,
          known.map((one) => ({ name: one })),
        );
    }
    return kindChoices(
      known.map((name) => words(text).find((word) => word.startsWith(`${name}=`)) ?? name),
      proposal,
    );
  });
  const names = chosenKinds(proposal, { kinds: renamed, search: [], counts: [] }).map(({ name }) => name);
  say(names.map((name, index) => `${String(index + 1).padStart(3)}. ${name}\n`).join(''));
  const search = await answered(
    ask,
    say,
    'Which to make searchable (numbers or names; none with Enter)? ',
    (text) => {
      const chosen = namesIn(text, names);
      planOf(proposal, { kinds: renamed, search: chosen, counts: [] });
      return chosen;
    },
  );
  const counts = await answered(
    ask,
    say,
    'Which to count, by what (such as order:status; none with Enter)? ',
    (text) => {
      const chosen = text
        .split(/\s+/)
        .filter((word) => word !== '')
        .map(countChoice);
      planOf(proposal, { kinds: renamed, search, counts: chosen });
      return chosen;
    },
  );
  return { kinds: renamed, search, counts };
}

async function answered<T>(
  ask: Ask,
  say: (text: string) => void,
  question: string,
  read: (answer: string) => T,
): Promise<T> {
  for (;;) {
    const answer = await ask(question);
    try {
      return read(answer.trim());
    } catch (error) {
      if (!Fault.is(error)) throw error;
      say(`${error.message}\n`);
    }
  }
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** Names, for their numbers in a list too. */
function namesIn(text: string, names: readonly string[]): string[] {
  return words(text).map((word) => {
    const found = /^\d+$/.test(word) ? names[Number(word) - 1] : word;
    if (found === undefined) throw wrong(`there is no number ${word}: they go from 1 to ${names.length}`);
    return found;
  });
}
