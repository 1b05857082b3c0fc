import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';

interface Rules {
  readonly forbidden: readonly IForbiddenRuleType[];
  readonly options: Pick<ICruiseOptions, 'tsPreCompilationDeps' | 'doNotFollow'> & {
    readonly enhancedResolveOptions: object;
  };
}

const { forbidden, options } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as Rules;
const bad = join(import.meta.dirname, 'bad');

/** The names of the rules that the small tree bad/<folder>, a mirror of this repository, breaks. */
async function brokenRules(folder: string): Promise<string[]> {
  const baseDir = join(bad, folder);
  const { tsPreCompilationDeps = true, doNotFollow = {}, enhancedResolveOptions } = options;
  const ruleSet = { forbidden: [...forbidden] };
  const cruising = { baseDir, validate: true, ruleSet, tsPreCompilationDeps, doNotFollow };
  const { output } = await cruise(readdirSync(baseDir), cruising, enhancedResolveOptions);
  const { summary } = output as ICruiseResult;
  return [...new Set(summary.violations.map(({ rule }) => rule.name))];
}

test('each dependency rule has its bad file', () => {
  expect(readdirSync(bad).sort()).toEqual(forbidden.map(({ name }) => name ?? 'a rule without a name').sort());
});

test.each(readdirSync(bad))('the rule %s is broken by its bad file, and no other is', async (rule) => {
  expect(await brokenRules(rule)).toEqual([rule]);
});
