import type { Absent } from '../../../application/doctor/facts.ts';
import { Fault } from '../../../domain/fault.ts';
import type { AwsResource } from '../error-message.ts';
import { problemIn, type Thrown } from '../error-problem.ts';
import { translateError } from '../translate-error.ts';

/** What AWS answers. @throws Fault for whatever the request ends with instead. */
export async function answered<T>(used: AwsResource, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw translateError(error, used);
  }
}

/** The same of a resource that may not be there. */
export async function orAbsent<T>(
  used: AwsResource,
  name: string,
  ask: () => Promise<T>,
): Promise<T | Absent> {
  try {
    return await ask();
  } catch (error) {
    if (!Fault.is(error) && problemIn(error as Thrown) === 'missing') return { absent: name };
    throw translateError(error, used);
  }
}
