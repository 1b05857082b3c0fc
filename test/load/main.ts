import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Bench, FULL, PARTS, SHORT } from './bench.js';
import { FULL_NODES, NodesBench, SHORT_NODES } from './nodes-bench.js';
import { hardware } from './report.js';
import { Soak } from './soak.js';

const USAGE = `npm run bench -- [nodes] [--short] [--only PART] [--minutes N] [--json FILE] [--profile DIRECTORY]
nodes      tier 100k on 1, 2, 4 and 8 nodes, beside the embedded tier and bare relays; needs redis-server and mariadb-server
--short    half a minute: does it run, is every message delivered; its numbers mean little
--only     one part: ${PARTS.join(', ')}
--minutes  with nodes: instead, two nodes under 1,000 messages a second for so long, and what that does to memory
--json     all measured values, not only the medians
--profile  a V8 CPU profile of each phase of each server`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    minutes: { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean' },
  },
});

function chosen(): Bench | NodesBench | Soak {
  const { short, only, minutes, profile } = values;
  if (positionals.includes('nodes')) {
    if (minutes !== undefined) return new Soak(Number(minutes));
    return new NodesBench(short ? SHORT_NODES : FULL_NODES, profile);
  }
  const parts = PARTS.filter((part) => only === undefined || only === part);
  if (parts.length === 0) throw new Error(`--only takes ${PARTS.join(', ')}`);
  return new Bench(short ? SHORT : FULL, parts, profile);
}

if (values.help) {
  console.log(USAGE);
} else {
  const bench = chosen();
  await bench.run();
  console.log(`${hardware()}, Node ${process.version}`);
  for (const report of bench.reports) console.log(report.toTable());
  const reports = bench.reports.map((report) => report.toJson());
  const measured = { hardware: hardware(), node: process.version, reports };
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(measured, null, 2));
}
