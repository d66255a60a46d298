/** Contrail's own version. A constant, because a bundle has no package.json beside it; a test holds it to ours. */
export const VERSION = '0.2.0';
