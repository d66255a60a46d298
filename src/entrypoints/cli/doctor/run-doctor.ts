import { CHECKS } from '../../../application/doctor/checks.ts';
import { examine } from '../../../application/doctor/examine.ts';
import { askedDefinition } from '../asked-definition.ts';
import { FAILED, UNTOLD } from '../exit-status.ts';
import { withFolder } from '../index-documents/settings.ts';
import { openDeployment } from './deployment.ts';
import { doctorReport } from './report.ts';

export interface DoctorCommandOptions {
  readonly definition?: string;
  readonly table?: string;
  readonly streamArn?: string;
  readonly function?: string;
  readonly consume: boolean;
  readonly index: boolean;
  readonly rowsIn?: readonly string[];
  readonly backend?: 'aws' | 'postgres';
  readonly folder?: string;
  /** Seconds. */
  readonly timeout: number;
  readonly report: 'text' | 'json';
}

/** Makes all checks, writes the report, and sets the exit status. */
export async function runDoctor(options: DoctorCommandOptions): Promise<void> {
  const { definition } = await askedDefinition(options.definition);
  const { table, backend } = options;
  const environment = withFolder(
    {
      ...process.env,
      ...(table !== undefined && { TABLE_NAME: table }),
      ...(backend !== undefined && { BACKEND: backend }),
    },
    options.folder,
  );
  const deployment = await openDeployment(definition.model, environment, options);
  try {
    const { gatherers, wanted } = deployment;
    const examination = await examine(CHECKS, gatherers, wanted);
    process.stdout.write(doctorReport(options.report, examination));
    if (examination.findings.some(({ severity }) => severity === 'error')) process.exitCode = FAILED;
    else if (examination.untold.length > 0) process.exitCode = UNTOLD;
  } finally {
    await deployment.close();
  }
}
