/**
 * What became of one line of an import: `written`; `refused` for its content; `failed` on the server, which may be tried again;
 * or `unknown`.
 */
export type LineOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused'; readonly field: string | undefined }
  | { readonly kind: 'failed'; readonly code: number }
  | { readonly kind: 'unknown' };

export interface ImportAnswer {
  /** One for each line that was sent, in their order. */
  readonly outcomes: readonly LineOutcome[];
  /** Why the server stopped before the end, in its own words; undefined where it did not say. */
  readonly stopped: string | undefined;
}

const UNKNOWN: LineOutcome = { kind: 'unknown' };
const WRITTEN: LineOutcome = { kind: 'written' };

/**
 * Reads the answer to an import: a line for each that was sent, in their order, and nothing else tells which is whose.
 *
 * An answer with fewer or more lines is trusted up to the first that is no success: from there on it is not known whose
 * lines they are, as a bad line may have swallowed another, or what is said of it may fill several.
 */
export function readImportAnswer(body: string, sent: number): ImportAnswer {
  const lines = body.split('\n').filter((line) => line !== '');
  const stopped = STOPPED.exec(lines.at(-1) ?? '')?.[1];
  const outcomes = lines.map(outcomeOf);
  if (outcomes.length === sent) return { outcomes, stopped };
  const firstOther = outcomes.findIndex(({ kind }) => kind !== 'written');
  const trusted = outcomes.slice(0, firstOther === -1 ? sent : Math.min(firstOther, sent));
  return { outcomes: [...trusted, ...Array.from({ length: sent - trusted.length }, () => UNKNOWN)], stopped };
}

/** What it says when it takes no more, glued to the last line: src/batched_indexer.cpp:272 */
const STOPPED =
  /\{\s*"message":\s*"((?:Rejecting write: running out of resource type: \w+|Skipping writes?\.))"\}\s*$/;

function outcomeOf(line: string): LineOutcome {
  // Nearly all of them.
  if (line === '{"success":true}') return WRITTEN;
  // Exactly so, whatever is glued to it: nothing that a document says is repeated in a success.
  if (/^\{\s*"success":\s*true\s*\}(?:\{|$)/.test(line)) return WRITTEN;
  const { code, error, isElsewhere } = parsed(line) ?? unescaped(line);
  if (code === undefined) return UNKNOWN;
  if (code !== 400 || isElsewhere) return { kind: 'failed', code };
  return { kind: 'refused', field: /^Field `([^`]*)`/.exec(error)?.[1] };
}

interface Said {
  readonly code: number | undefined;
  readonly error: string;
  /** Of what makes vectors of texts, which is another service. */
  readonly isElsewhere: boolean;
}

function parsed(line: string): Said | undefined {
  try {
    const said = JSON.parse(line) as Readonly<Record<string, unknown>> | null;
    const { code, error, embedding_error: elsewhere } = said ?? {};
    return {
      code: typeof code === 'number' ? code : undefined,
      error: typeof error === 'string' ? error : '',
      isElsewhere: elsewhere !== undefined,
    };
  } catch {
    return undefined;
  }
}

/** Before 30.2 what is said of an error is not escaped, so that a line may be no JSON. Its names are in alphabetical order. */
function unescaped(line: string): Said {
  const [, code, error = ''] = /^\{\s*"code":\s*(\d+)\s*(?:,[^]*?"error":\s*"([^]*))?/.exec(line) ?? [];
  return { code: code === undefined ? undefined : Number(code), error, isElsewhere: false };
}
