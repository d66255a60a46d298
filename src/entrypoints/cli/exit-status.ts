/** Exit status of every command when something failed or drifted; 0 when all is done. */
export const FAILED = 1;
/** Wrong usage or configuration. */
export const WRONG_USAGE = 2;
