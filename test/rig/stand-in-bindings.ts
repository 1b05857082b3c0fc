import { FIRST_TIME, STAND_INS } from '../../src/platform/documentation/story/stand-ins.js';

const leaves = (part: unknown): unknown[] =>
  typeof part === 'object' && part !== null ? Object.values(part).flatMap(leaves) : [part];

const standIns: ReadonlySet<unknown> = new Set(leaves(STAND_INS));

/** What each stand-in of the examples is in this run. The first value that it meets, it is from then on. */
export class StandInBindings {
  private real = new Map<string, string>();

  bind(standIn: string, value: string): void {
    this.real.set(standIn, value);
  }

  /** The documented payload with real values in the place of stand-ins. */
  fill<T>(documented: T): T {
    if (typeof documented === 'string') return this.fillText(documented) as T;
    if (Array.isArray(documented)) return documented.map((part: unknown) => this.fill(part)) as T;
    if (typeof documented !== 'object' || documented === null) return documented;
    return Object.fromEntries(Object.entries(documented).map(([key, part]) => [key, this.fill(part as unknown)])) as T;
  }

  /** Learns the stand-ins if the two agree; otherwise learns nothing and says where they differ. */
  match(documented: unknown, actual: unknown): string[] {
    const before = new Map(this.real);
    const differences = this.compare(documented, actual, '');
    if (differences.length > 0) this.real = before;
    return differences;
  }

  private fillText(text: string): string {
    if (!standIns.has(text)) return text;
    const value = this.real.get(text);
    if (value === undefined) throw new Error(`the story does not say yet what this stands for: ${text}`);
    return value;
  }

  private compare(documented: unknown, actual: unknown, path: string): string[] {
    if (typeof documented === 'string' && standIns.has(documented)) return this.compareText(documented, actual, path);
    if (isTime(documented) && isTime(actual)) return [];
    if (!isObject(documented) || !isObject(actual)) {
      return documented === actual ? [] : [differ(path, documented, actual)];
    }
    if (path.endsWith('/members') && Object.values(documented).every((each) => typeof each === 'string'))
      return this.compareMembers(Object.values(documented), Object.values(actual), path);
    const keys = Object.keys(documented).sort();
    const actualKeys = Object.keys(actual).sort();
    if (keys.join() !== actualKeys.join()) return [differ(`${path} fields`, keys, actualKeys)];
    return keys.flatMap((key) => this.compare(documented[key], actual[key], `${path}/${key}`));
  }

  /** Members are in no order. All are known by the time that they are members. */
  private compareMembers(documented: readonly unknown[], actual: readonly unknown[], path: string): string[] {
    const [expected, members] = [this.fill(documented), actual].map((some) => JSON.stringify([...some].sort()));
    return expected === members ? [] : [differ(path, expected, members)];
  }

  private compareText(standIn: string, actual: unknown, path: string): string[] {
    const expected = this.real.get(standIn);
    if (typeof actual !== 'string' || (expected !== undefined && expected !== actual)) {
      return [differ(path, `${standIn} (${expected ?? 'any text'})`, actual)];
    }
    this.real.set(standIn, actual);
    return [];
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isTime = (value: unknown): boolean => typeof value === 'number' && value >= FIRST_TIME;
const differ = (path: string, documented: unknown, actual: unknown): string =>
  `${path || '/'}: documented ${JSON.stringify(documented)}, actual ${JSON.stringify(actual)}`;
