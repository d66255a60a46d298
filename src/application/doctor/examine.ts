import { Fault } from '../../domain/fault.ts';
import type { Check, Wanted } from './check.ts';
import type { FactName, Facts } from './facts.ts';
import type { Finding, Untold } from './finding.ts';

/** Finds facts out, each apart: what throws stays unknown, for what its message says. */
export type Gatherers = { readonly [Name in FactName]?: () => Promise<Facts[Name]> };

/** What all checks came to. */
export interface Examination {
  readonly findings: readonly Finding[];
  readonly untold: readonly Untold[];
  /** The names of checks that found nothing wrong, and could tell. */
  readonly well: readonly string[];
}

type Known = { readonly value: unknown } | { readonly why: string };

/**
 * Finds out at once all that the checks need, and has each judge. Reads only, as far as gatherers do. Checks that do not apply say
 * nothing; of those that cannot be made it is told why.
 */
export async function examine(
  checks: readonly Check[],
  gatherers: Gatherers,
  wanted: Wanted,
): Promise<Examination> {
  const applying = checks.filter((check) => check.appliesTo(wanted));
  const names = [...new Set(applying.flatMap(({ needs }) => needs))];
  const found = new Map(
    await Promise.all(names.map(async (name) => [name, await known(gatherers[name])] as const)),
  );
  const findings: Finding[] = [];
  const untold: Untold[] = [];
  const well: string[] = [];
  for (const check of applying) {
    const reasons = check.needs.flatMap((name) => {
      const fact = found.get(name);
      return fact !== undefined && 'why' in fact ? [fact.why] : [];
    });
    if (reasons.length > 0) {
      untold.push({ check: check.name, why: [...new Set(reasons)].join('; ') });
      continue;
    }
    const facts = Object.fromEntries(
      check.needs.map((name) => [name, (found.get(name) as { readonly value: unknown }).value]),
    ) as unknown as Facts;
    const verdicts = check.judge(facts, wanted);
    for (const verdict of verdicts)
      if ('untold' in verdict) untold.push({ check: check.name, why: verdict.untold });
      else findings.push({ check: check.name, ...verdict });
    if (verdicts.length === 0) well.push(check.name);
  }
  return { findings, untold, well };
}

async function known(gather: (() => Promise<unknown>) | undefined): Promise<Known> {
  if (gather === undefined) return { why: 'it is not looked at here' };
  try {
    return { value: await gather() };
  } catch (error) {
    return { why: Fault.from(error).message.replaceAll(/\s*\n\s*/g, '; ') };
  }
}
