// Lets Node load the rig where Jest does not compile it: in Jest's own process, before any test.
import { transformFile } from '@swc/core';
import { fileURLToPath } from 'node:url';

const compiler = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } },
  module: { type: 'es6' },
};
compiler.jsc.transform = { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true };

export async function resolve(specifier, context, next) {
  const isOurs = context.parentURL?.endsWith('.ts') && /^\.{1,2}\/.*\.js$/.test(specifier);
  return next(isOurs ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = await transformFile(fileURLToPath(url), { ...compiler, swcrc: false });
  return { format: 'module', source: code, shortCircuit: true };
}
