/** The six patterns of `lookOf`, as paths on a tile of 40 by 40. The first one is plain. */
export const LOOK_MARKS = [
  '',
  'M-10 30 30-10M0 40 40 0M10 50 50 10',
  'M8 8h.01M20 8h.01M32 8h.01M8 20h.01M20 20h.01M32 20h.01M8 32h.01M20 32h.01M32 32h.01',
  'M0 6h40M0 16h40M0 26h40M0 36h40',
  'M20-6 46 20 20 46-6 20zM20 8 32 20 20 32 8 20z',
  'M0 40a20 20 0 0 1 40 0M8 40a12 12 0 0 1 24 0M0 0a20 20 0 0 0 40 0M8 0a12 12 0 0 0 24 0',
] as const;
