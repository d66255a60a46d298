import { quoted, withSection } from '../template-sections.ts';

/**
 * The template for functions whose zip file lies in a bucket: two parameters more say where. The file's name is no
 * parameter, because a parameter keeps its value: a new release would go on with the old file.
 *
 * @param zip the name of the zip file.
 */
export function releaseTemplate(template: string, zip: string): string {
  const code = `CodeUri: { Bucket: !Ref CodeBucket, Key: !Sub ${quoted(`\${CodePrefix}${zip}`)} }`;
  const withWorker = withSection(template, 'code', [code, 'Handler: handler.handler']);
  const withIndexer = withSection(withWorker, 'indexer-code', [code, 'Handler: indexer.handler']);
  const withCode = withSection(withIndexer, 'verifier-code', [code, 'Handler: verifier.handler']);
  return withSection(withCode, 'code-parameters', [
    'CodeBucket:',
    '  Type: String',
    '  AllowedPattern: ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
    `  Description: The bucket, in the region of this stack, with ${zip}.`,
    'CodePrefix:',
    '  Type: String',
    "  Default: ''",
    '  AllowedPattern: ^$|^.+/$',
    '  Description: What stands before the name of that file in its key; it ends with a slash. Nothing by default.',
  ]);
}
