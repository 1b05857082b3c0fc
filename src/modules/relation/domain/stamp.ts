/** Identity and time of something new. */
export interface Stamp {
  readonly id: string;
  readonly at: number;
}
