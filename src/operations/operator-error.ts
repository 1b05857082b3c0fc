/** What an operator reads, without a stack: what is wrong and what to do. */
export class OperatorError extends Error {}
