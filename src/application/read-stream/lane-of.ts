/** Which of so many lanes an item's records go through: always the same (FNV-1a). */
export function laneOf(item: string, lanes: number): number {
  if (lanes === 1) return 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < item.length; i++) hash = Math.imul(hash ^ item.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 16)) >>> 0) % lanes;
}
