import { Fault } from '../../../../domain/fault.ts';

/* In place of what `createReader` reads streams of AWS with: a function is given its records by Lambda, and reads no stream. */
export class AwsStreams {
  constructor() {
    throw new Fault(
      'configuration',
      'this bundle has nothing in it that reads a stream: Lambda gives a function its records. Call createReader in a process, or bundle the handler without contrail build',
    );
  }
}
