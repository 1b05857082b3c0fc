import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

interface Source {
  /** From the folder that was walked, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

function sources(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(folder, file).replaceAll('\\', '/'), text: readFileSync(file, 'utf8') }));
}

/** Ports without a contract beside them. */
function portsWithoutContract(all: readonly Source[]): string[] {
  const paths = new Set(all.map(({ path }) => path));
  return [...paths].filter(
    (path) => path.endsWith('.port.ts') && !paths.has(path.replace(/\.port\.ts$/, '.contract.ts')),
  );
}

/** Classes in an adapters/ folder that stand for a port while no spec of theirs runs a contract. */
function adaptersWithoutContract(all: readonly Source[]): string[] {
  const ports = new Set(
    all
      .filter(({ path }) => path.endsWith('.port.ts'))
      .flatMap(({ text }) =>
        [...text.matchAll(/^export (?:abstract class|interface) (\w+)/gm)].map((match) => match[1]),
      ),
  );
  const isAdapter = ({ path, text }: Source): boolean =>
    /(^|\/)adapters\//.test(path) &&
    !/\.(spec|contract|port)\.ts$/.test(path) &&
    [...text.matchAll(/\bclass \w+(?:<[^{]*>)? (?:extends|implements) (\w+)/g)].some((match) => ports.has(match[1]));
  const runsContract = ({ path }: Source): boolean => {
    const spec = all.find((other) => other.path === path.replace(/\.ts$/, '.spec.ts'));
    return spec !== undefined && /from '[^']+\.contract\.js'/.test(spec.text);
  };
  return all.filter((source) => isAdapter(source) && !runsContract(source)).map(({ path }) => path);
}

describe.each(['src', 'sdk'])('in %s', (folder) => {
  const all = sources(join(root, folder));

  test('every port has a contract beside it', () => {
    expect(portsWithoutContract(all)).toEqual([]);
  });

  test('every adapter has a spec beside it that runs a contract', () => {
    expect(adaptersWithoutContract(all)).toEqual([]);
  });
});

test('a port without a contract and an adapter that runs none are found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ashwire-contracts-'));
  const files = {
    'ports/one.store.port.ts': 'export abstract class OneStore {}',
    'ports/one.store.contract.ts': '',
    'ports/two.store.port.ts': 'export abstract class TwoStore {}',
    'adapters/good-one.store.ts': 'export class GoodOneStore extends OneStore {}',
    'adapters/good-one.store.spec.ts': "import { describeOneStore } from '../ports/one.store.contract.js';",
    'adapters/lazy-one.store.ts': '@Injectable() export class LazyOneStore extends OneStore {}',
    'adapters/lazy-one.store.spec.ts': '',
    'adapters/untested-two.store.ts': 'export class UntestedTwoStore implements TwoStore {}',
    'adapters/one.rows.ts': 'export class OneRow {}',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const all = sources(folder);
  rmSync(folder, { recursive: true });
  expect(portsWithoutContract(all)).toEqual(['ports/two.store.port.ts']);
  expect(adaptersWithoutContract(all).sort()).toEqual(['adapters/lazy-one.store.ts', 'adapters/untested-two.store.ts']);
});
