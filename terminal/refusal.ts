/** A refusal of the terminal itself, in a sentence. */
export class Refusal extends Error {}
