import { profileSchema, type Profile } from './config.schema.js';

type Issue = NonNullable<ReturnType<typeof profileSchema.safeParse>['error']>['issues'][number];

export interface ParsedProfile {
  /** Only where there are no problems. */
  readonly profile: Profile | undefined;
  readonly problems: readonly string[];
}

/** Checks names and types; each problem is a sentence that starts with `source`, the file to correct. */
export function parseProfile(source: string, data: unknown): ParsedProfile {
  const result = profileSchema.safeParse(data);
  const problems = (result.error?.issues ?? []).flatMap((issue) => sentences(issue, data));
  return { profile: result.data, problems: problems.map((problem) => `${source}: ${problem}`) };
}

function sentences(issue: Issue, data: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')} is not a setting.`);
  }
  const name = issue.path.join('.') || 'The profile';
  const value = valueAt(data, issue.path);
  if (value === undefined) return [`${name} is missing.`];
  return [`${name} must be ${expectation(issue)}, not ${JSON.stringify(value)}.`];
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED_TYPES[issue.expected] ?? `of type ${issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'invalid_union':
      return oneOf(DATABASE_KINDS);
    case 'invalid_format':
      return `a ${issue.format.toUpperCase()}`;
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return 'something that is not empty';
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return `valid (${issue.message})`;
  }
}

const EXPECTED_TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  object: 'a group of settings',
  array: 'a list',
};

/** The database is the only setting whose shape depends on its kind. */
const DATABASE_KINDS = profileSchema.shape.adapters.shape.database.options.map(({ shape }) => shape.kind.value);

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    data,
  );
}
