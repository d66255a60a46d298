import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EncodedAttributes } from '../../../adapters/dynamodb-stream/attribute-value.ts';
import { keyText } from '../../../adapters/dynamodb-stream/key-text.ts';
import { isStreamArn, tableArnOf } from '../../../adapters/dynamodb-stream/stream-arn.ts';
import { readRecorded } from '../../../adapters/recorded/read-recorded.ts';
import { ROWS } from '../../../adapters/recorded/rows.ts';
import type { SampledRow } from '../../../application/propose/sample.ts';
import { Fault } from '../../../domain/fault.ts';
import type { KeySchema } from '../../../domain/table-model.ts';
import type { SizedSource } from '../sources.ts';
import { keysIn, sharedDoubts } from './file-keys.ts';
import { KeySample } from './key-sample.ts';
import { ownValue, rowImages, type RowImage } from './row-images.ts';
import type { Sampled } from './sampled.ts';

const VIEW_TYPES: ReadonlySet<string> = new Set([
  ...['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'],
]);

/** Problems that are said; more are counted. */
const MOST_PROBLEMS = 10;

export interface ReadFilesOptions {
  readonly sample: number;
  /** The attributes of the key, where they were given. */
  readonly keys: readonly string[] | undefined;
  readonly onProgress: (bytes: number, rows: number) => void;
}

/** All files of a folder that can be data of an export: not its manifests and marks. */
export async function filesIn(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const isFolder = path !== '-' && (await stat(path).catch(() => undefined))?.isDirectory() === true;
      if (!isFolder) return [path];
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile() && DATA.test(entry.name) && !/^manifest-/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted();
      if (files.length === 0)
        throw new Fault('configuration', `${path} is a folder without .json, .ndjson or .gz files`);
      return files;
    }),
  );
  return found.flat();
}

const DATA = /\.(?:json|ndjson|jsonl|gz)$/;

/**
 * Samples rows of files: a row is in the sample by a digest of its key, whatever file it is in and however often it is
 * there, so that the sample is spread over all files and the same each time.
 *
 * @throws Fault `configuration` when the files hold nothing of what they should, or the keys cannot be told.
 */
export async function readFiles(
  sources: readonly SizedSource[],
  options: ReadFilesOptions,
): Promise<Sampled> {
  const chosen = new KeySample<RowImage>(options.sample);
  const problems: string[] = [];
  const streams = new Set<string>();
  const views = new Set<string>();
  let [bytes, read, unlisted] = [0, 0, 0];
  const problem = (text: string) => {
    if (problems.length < MOST_PROBLEMS) problems.push(text);
    else unlisted++;
  };
  for (const { name, open } of sources) {
    const counted = async function* () {
      for await (const chunk of open()) {
        bytes += chunk.length;
        options.onProgress(bytes, read);
        yield chunk;
      }
    };
    for await (const found of readRecorded(name, counted(), ROWS))
      for (const one of found) {
        const images = one.kind === 'record' ? rowImages(one.record) : one.message;
        if (typeof images === 'string') {
          problem(`${one.place}: ${images}`);
          continue;
        }
        for (const image of images.rows) {
          read++;
          chosen.add(digestOf(image), { ...image, place: one.place });
        }
        // Both stand in commands that somebody copies: what is neither is none.
        if (images.stream !== undefined && isStreamArn(images.stream)) streams.add(images.stream);
        if (images.viewType !== undefined && VIEW_TYPES.has(images.viewType)) views.add(images.viewType);
      }
  }
  const names = sources.map(({ name }) => name).join(', ');
  if (read === 0) throw new Fault('configuration', problems[0] ?? `${names}: there are no rows in it`);
  const found = keysIn(chosen.items(), options.keys);
  for (const { place, reason } of found.odd) problem(`${place}: ${reason}`);
  const { keys } = found;
  const rows = found.images.flatMap((image) => decoded(image, keys, problem));
  if (rows.length === 0)
    throw new Fault('configuration', problems.at(-1) ?? 'there are no rows in the files');
  if (unlisted > 0) problems.push(`and ${unlisted} more`);
  const [stream] = streams;
  const [viewType] = views;
  return {
    ...{ keys, rows, read, problems, source: names },
    doubts: [...found.doubts, ...sharedDoubts(found, options.keys), ...ofSeveral(streams)],
    table: stream === undefined ? undefined : tableArnOf(stream).replace(/^.*\//, ''),
    streamArn: stream,
    viewType: views.size === 1 ? viewType : undefined,
    hasStream: stream === undefined ? undefined : true,
  };
}

function ofSeveral(streams: ReadonlySet<string>): string[] {
  return streams.size > 1
    ? [`The records are of ${streams.size} streams: the first is taken for the table's.`]
    : [];
}

function digestOf({ keys, image }: Omit<RowImage, 'place'>): string {
  const identity = keys ?? image ?? {};
  const text = JSON.stringify(Object.entries(identity).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(text).digest('base64');
}

function decoded(
  { keys: encodedKeys, image, place }: RowImage,
  keys: KeySchema,
  problem: (text: string) => void,
): SampledRow[] {
  const encoded = encodedKeys ?? image ?? {};
  const partition = keyText(ownValue(encoded, keys.partition), keys.partitionType);
  const sort = keys.sort === undefined ? undefined : keyText(ownValue(encoded, keys.sort), keys.sortType);
  if (partition === undefined || (keys.sort !== undefined && sort === undefined)) {
    problem(
      `${place}: the row has no ${partition === undefined ? keys.partition : (keys.sort ?? '')}, or one of another type than others`,
    );
    return [];
  }
  try {
    const attributes = image && new EncodedAttributes(image, encodedKeys ?? {}, 'the row').all();
    return [{ key: { partition, sort }, attributes }];
  } catch (error) {
    problem(`${place}: ${Fault.from(error).reason}`);
    return [];
  }
}
