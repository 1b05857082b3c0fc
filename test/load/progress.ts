export const progress = (what: string): void => console.error(`… ${what}`);
