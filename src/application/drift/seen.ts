import type { Finding } from '../../domain/drift/finding.ts';
import type { Fault } from '../../domain/fault.ts';

/** What one look at a subject has shown. */
export type Seen =
  /** It is as it must be. */
  | { readonly is: 'same' }
  | {
      readonly is: 'differs';
      readonly findings: readonly Finding[];
      /** Another one once a change of the subject has been handled. */
      readonly mark: string;
    }
  /** The definition refuses the row: nothing is expected of it. */
  | { readonly is: 'refused'; readonly fault: Fault }
  /** It could not be read, or was read in the middle of a change. */
  | { readonly is: 'unclear'; readonly fault: Fault };
