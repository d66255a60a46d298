import type { Examination } from '../../../application/doctor/examine.ts';

export function doctorReport(form: 'text' | 'json', examination: Examination): string {
  return form === 'json' ? jsonReport(examination) : textReport(examination);
}

function jsonReport({ findings, untold, well }: Examination): string {
  const listed = findings.map(({ check, severity, what, where, cure }) => ({
    ...{ check, severity, what, where, cure },
  }));
  return `${JSON.stringify({ findings: listed, untold, well })}\n`;
}

function textReport({ findings, untold, well }: Examination): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const lines = [
    ...findings.flatMap(({ check, severity, what, where, cure }) => [
      `${severity}: ${check}: ${where}: ${what}`,
      `  do: ${cure}`,
    ]),
    ...untold.map(({ check, why }) => `could not tell: ${check}: ${why}`),
    [
      `${well.length} ${well.length === 1 ? 'check' : 'checks'} well`,
      counted(errors, 'error'),
      counted(findings.length - errors, 'warning'),
      `${untold.length} not told`,
    ].join(', '),
  ];
  return `${lines.join('\n')}\n`;
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
