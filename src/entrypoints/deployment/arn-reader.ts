import { Fault } from '../../domain/fault.ts';

/** ARNs as they are given, by the names of the options of `contrail policy`. */
export interface GivenResources {
  readonly stream?: string;
  readonly table?: string;
  readonly stateTable?: string;
  readonly searchQueue?: string;
  readonly quarantineQueue?: string;
  /** Whether items are parked. */
  readonly park?: boolean;
  /** The secret that an indexer reads its key from. */
  readonly keySecret?: string;
  /** Each `ARN`, or `ARN=PATTERN` of partition keys. */
  readonly rowsIn?: readonly string[];
}

/** A text that something else puts an ARN in place of: `Fn::Sub` of CloudFormation, or `templatefile` of Terraform. */
const PLACEHOLDER = /^\$\{[\w.]+\}$/;

export const TABLE = {
  pattern: /^arn:[a-z-]+:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255}$/,
  what: 'of a table',
  form: 'arn:aws:dynamodb:REGION:ACCOUNT:table/NAME, the name of 3 to 255 letters, digits, _, - and .',
};
export const STREAM = {
  pattern: /^(arn:[a-z-]+:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255})\/stream\/[\dT:.-]+$/,
  what: 'of a stream',
  form: 'arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/TIME, the name of 3 to 255 letters, digits, _, - and .',
};
export const QUEUE = {
  pattern: /^arn:[a-z-]+:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}(?:\.fifo)?$/,
  what: 'of a queue',
  form: 'arn:aws:sqs:REGION:ACCOUNT:NAME, the name of 1 to 80 letters, digits, _ and -',
};
export const SECRET = {
  pattern: /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/,
  what: 'of a secret',
  form: 'arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-CHARACTERS',
};

/** Reads ARNs as they are given to `contrail policy`. Each is checked; what is wrong or missing is collected. */
export class ArnReader {
  readonly problems: string[] = [];
  readonly #given: GivenResources;

  constructor(given: GivenResources) {
    this.#given = given;
  }

  /** @param need what it is the ARN of, where it must be given. */
  read(name: Exclude<keyof GivenResources, 'rowsIn' | 'park'>, kind: typeof TABLE, need?: string): string {
    const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return this.check(option, this.#given[name], kind, need);
  }

  check(
    option: string,
    arn: string | undefined,
    { pattern, what, form }: typeof TABLE,
    need?: string,
  ): string {
    if (arn === undefined) {
      if (need !== undefined) this.problems.push(`${option} is missing: the ARN of ${need}`);
    } else if (!pattern.test(arn) && !PLACEHOLDER.test(arn))
      this.problems.push(
        `${option} ${JSON.stringify(arn)} is no ARN ${what} (${form}), and no placeholder like \${name}`,
      );
    return arn ?? '';
  }

  /**
   * The table: its stream names it, unless that is a placeholder.
   *
   * @param needsStream whether the stream must be given: one that is wrong, or missing, will name the table once it is right.
   */
  table(needsStream: boolean): string {
    const { stream, table: given } = this.#given;
    const tableOfStream = STREAM.pattern.exec(stream ?? '')?.[1];
    const isNamed = stream === undefined ? needsStream : !PLACEHOLDER.test(stream);
    const table = this.check('--table', given ?? tableOfStream, TABLE, isNamed ? undefined : 'the table');
    if (tableOfStream !== undefined && !PLACEHOLDER.test(table) && table !== tableOfStream)
      this.problems.push(`--table ${JSON.stringify(table)} is not the table of the stream ${stream ?? ''}`);
    return table;
  }

  /** @throws Fault `configuration` that names every option that is missing or no ARN. */
  finish(reason: string): void {
    if (this.problems.length > 0) throw new Fault('configuration', this.problems.join('\n'), { reason });
  }
}
