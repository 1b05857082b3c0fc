import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Bench, FULL, PARTS, SHORT } from './bench.js';
import { hardware } from './report.js';

const USAGE = `npm run bench -- [--short] [--only PART] [--json FILE] [--profile DIRECTORY]
--short    half a minute: does it run, is every message delivered; its numbers mean little
--only     one part: ${PARTS.join(', ')}
--json     all measured values, not only the medians
--profile  a V8 CPU profile of each phase of each server`;

const { values } = parseArgs({
  options: {
    short: { type: 'boolean' },
    only: { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(USAGE);
} else {
  const parts = PARTS.filter((part) => values.only === undefined || values.only === part);
  if (parts.length === 0) throw new Error(`--only takes ${PARTS.join(', ')}`);
  const bench = new Bench(values.short ? SHORT : FULL, parts, values.profile);
  await bench.run();
  console.log(`${hardware()}, Node ${process.version}\n${bench.report.toTable()}`);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(bench.report.toJson(), null, 2));
}
