import { Decimal } from '../../../../src/domain/decimal.ts';
import type { SearchAction } from '../../../../src/domain/search-action.ts';

/** The action that a message's body holds, numbers with every digit. */
export function decodeMessage(body: string): SearchAction {
  // Written apart from the project's own parsers, which tests of what is sent must not take on trust.
  const marked = body.replaceAll(TOKENS, (token) =>
    token.startsWith('"') ? token : `{"${NUMBER}":"${token}"}`,
  );
  const { collection, id, version, identity, document } = JSON.parse(marked, (_, value: unknown) =>
    isNumber(value) ? Decimal.parse(value[NUMBER]) : value,
  ) as Pick<SearchAction, 'version' | 'identity' | 'document'> & SearchAction['key'];
  const generation = Number(version.generation.toString());
  return { key: { collection, id }, version: { ...version, generation }, identity, document };
}

const NUMBER = ' number ';
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

function isNumber(value: unknown): value is Record<typeof NUMBER, string> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, NUMBER);
}
