import type { PlannedDerivation, PlanResult } from '../../../application/plan/plan.ts';

export function planReport(form: 'text' | 'json', result: PlanResult): string {
  return form === 'json' ? jsonReport(result) : textReport(result);
}

function jsonReport({ size, derivations, isNothingToDo }: PlanResult): string {
  const planned = derivations.map(({ name, is, status, filledAt, was, work }) => ({
    ...{ name, kind: is, status },
    ...(filledAt !== undefined && { filledAt: timeText(filledAt) }),
    ...(was !== undefined && { elsewhere: was }),
    ...(work && { estimate: work }),
  }));
  const table = { rows: size.rows, scanUnits: size.scanUnits };
  return `${JSON.stringify({ table, derivations: planned, nothingToDo: isNothingToDo })}\n`;
}

function textReport({ size, derivations, isNothingToDo }: PlanResult): string {
  const widthOf = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));
  const names = widthOf(derivations.map(({ name }) => name));
  const kinds = widthOf(derivations.map(({ is }) => is));
  const statuses = widthOf(derivations.map(({ status }) => status));
  const lines = derivations.map((one) =>
    [one.name.padEnd(names), one.is.padEnd(kinds), one.status.padEnd(statuses), aboutIt(one)]
      .join('  ')
      .trimEnd(),
  );
  const filled = derivations.filter(isFilled).map(({ name }) => name);
  const gone = derivations.flatMap(({ name, status }) => (status === 'gone' ? [name] : []));
  const isAll = derivations.every((one) => isFilled(one) || one.status === 'gone');
  return `${[
    ...lines,
    ...(filled.length === 0
      ? []
      : [
          `a backfill reads about ${count(size.rows)} rows once, for all of them, in about ${count(size.scanUnits)} read units; the rest is an estimate for rows that are all of a derivation's kind`,
          `to do: contrail backfill${isAll ? '' : filled.map((name) => ` --only ${name}`).join('')}`,
        ]),
    ...gone.map((name) => `to do: contrail purge ${name}`),
    ...(isNothingToDo ? ['nothing to do'] : []),
  ].join('\n')}\n`;
}

function isFilled({ status }: PlannedDerivation): boolean {
  return status === 'new' || status === 'changed';
}

function aboutIt({ status, filledAt, was, work }: PlannedDerivation): string {
  const about = [
    ...(work === undefined ? [] : [workText(work)]),
    ...(filledAt === undefined ? [] : [`filled ${timeText(filledAt)}`]),
    ...(was === undefined || status === 'gone'
      ? []
      : [`it derived ${was} elsewhere before, which stays there: give it another name, and purge this one`]),
  ];
  return about.join('; ');
}

function workText({ reads, writes, messages }: NonNullable<PlannedDerivation['work']>): string {
  const parts = { reads, writes, messages };
  const named = Object.entries(parts).flatMap(([what, number]) =>
    number === 0 ? [] : [`${count(number)} ${what}`],
  );
  return named.length === 0 ? 'no rows' : `at most about ${named.join(', ')}`;
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}

function count(number: number): string {
  return number.toLocaleString('en');
}
