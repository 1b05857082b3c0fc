// Runs before every npm script, on whatever Node is there: so CommonJS, and nothing newer than ES5.
'use strict';

var needed = [20, 19];
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < needed[0] || (parts[0] === needed[0] && parts[1] < needed[1])) {
  var found = process.versions.node;
  console.error('Ashwire needs Node ' + needed.join('.') + ' or newer, and this is Node ' + found + '.');
  console.error('Install a current one from https://nodejs.org and try again.');
  process.exit(1);
}
if (process.argv.indexOf('--built') !== -1) {
  var main = require('path').join(__dirname, '..', 'dist', 'src', 'main.js');
  if (!require('fs').existsSync(main)) {
    console.error('Nothing is built yet. Run `npm run build` first, or `npm run quickstart` to do everything at once.');
    process.exit(1);
  }
}
