import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

/*
 * Writes what each entry of the package exports, with its types, to a file beside this one: a change of the public
 * interface is then a change that a reviewer sees. With --check it writes nothing, and fails where a file would change.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Where nothing is kept: what a check finds. */
const TEMPORARY = join(ROOT, 'build', 'api');

interface Package {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

const isCheck = process.argv.includes('--check');
const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Package;
mkdirSync(TEMPORARY, { recursive: true });
for (const [entry, target] of Object.entries(exports)) {
  if (typeof target === 'string') continue;
  const name = entry === '.' ? 'contrail' : `contrail-${entry.slice('./'.length)}`;
  if (!reported(name, join(ROOT, target.types))) {
    console.error(
      `api/${name}.api.md is not what contrail exports: run "npm run api", and review the change`,
    );
    process.exitCode = 1;
  }
}

/** Whether the report is as it was, or was written anew. */
function reported(name: string, types: string): boolean {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: ROOT,
      newlineKind: 'lf',
      mainEntryPointFilePath: types,
      compiler: { tsconfigFilePath: join(ROOT, 'tsconfig.build.json'), skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: join(ROOT, 'api'),
        reportTempFolder: TEMPORARY,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(ROOT, 'package.json'),
  });
  const { apiReportChanged, errorCount } = Extractor.invoke(config, {
    localBuild: !isCheck,
    messageCallback: (message) => {
      // It says itself what it did, in words of its own.
      message.handled = true;
    },
  });
  return errorCount === 0 && !(isCheck && apiReportChanged);
}
