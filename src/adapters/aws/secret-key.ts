import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Fault } from '../../domain/fault.ts';
import { translateError } from './translate-error.ts';

/** Milliseconds in which a key that was read again, and is refused still, is not: each request may be refused, and each reading costs. */
const READ_AGAIN_AFTER = 60_000;

/**
 * A key in AWS Secrets Manager: the whole text of a secret. Read when it is first needed and kept; read again once it was
 * refused, as it may have been rotated since. It is in no message and no log.
 */
export class SecretKey {
  readonly #secret: string;
  readonly #connect: () => Promise<Pick<SecretsManagerClient, 'send'>>;
  readonly #now: () => number;
  #known: Promise<string> | undefined;
  /** When it was last read again. */
  #readAgainAt = -Infinity;

  /**
   * @param secret its ARN, or its name.
   * @param now milliseconds since 1970.
   */
  constructor(
    secret: string,
    connect: () => Promise<Pick<SecretsManagerClient, 'send'>> = connected,
    now: () => number = Date.now,
  ) {
    this.#secret = secret;
    this.#connect = connect;
    this.#now = now;
  }

  async read(refused?: string): Promise<string> {
    const known = await (this.#known ?? this.#fetch());
    // Somebody else may have read it meanwhile.
    if (known !== refused || this.#now() - this.#readAgainAt < READ_AGAIN_AFTER) return this.#known ?? known;
    this.#readAgainAt = this.#now();
    return this.#fetch();
  }

  #fetch(): Promise<string> {
    const reading = this.#get();
    this.#known = reading;
    reading.catch(() => {
      if (this.#known === reading) this.#known = undefined;
    });
    return reading;
  }

  async #get(): Promise<string> {
    const used = { resource: `secret ${this.#secret}`, variable: 'TYPESENSE_API_KEY_SECRET' };
    let text: string | undefined;
    try {
      const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
      const client = await this.#connect();
      text = (await client.send(new GetSecretValueCommand({ SecretId: this.#secret }))).SecretString?.trim();
    } catch (error) {
      throw translateError(error, used);
    }
    // What else a header could hold would be cited by the error of whoever sends it.
    if (text === undefined || !/^[\x21-\x7e]+$/.test(text) || text.startsWith('{'))
      throw new Fault(
        'configuration',
        `${used.resource} is no API key: its text must be the key alone, without JSON around it`,
      );
    return text;
  }
}

/** Loaded when a key is read: who needs none starts without it. */
async function connected(): Promise<SecretsManagerClient> {
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  return new SecretsManagerClient({
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
}
