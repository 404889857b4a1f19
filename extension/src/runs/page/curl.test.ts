import { execFileSync } from 'node:child_process';
import { makeRun } from '../../testing/gateway.testkit.js';
import { curlText, shellQuoted } from './curl.js';

const HOSTILE = [
  "it's; rm -rf $HOME",
  '$(touch /tmp/x) `id` "quoted"',
  'new\nline and \\ backslash',
  "'; echo '",
  '🚢 ünïcode'
];

test.each(HOSTILE)('a shell sees one word: %j', text => {
  expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellQuoted(text)}`], { encoding: 'utf8' })).toBe(text);
});

test.each(HOSTILE)('the command sends the request as it was, whatever the notebook is called: %j', name => {
  const run = makeRun('a');
  const request = { ...run.request, notebook: `${name}.ipynb` };
  const command = curlText({ ...run, request }, 'http://localhost:8888/berth/api/v1/runs');
  const asShown = execFileSync('/bin/sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`], {
    encoding: 'utf8',
    env: { JUPYTER_TOKEN: 'from the shell' }
  }).split('\0');
  const sent = JSON.parse(asShown[asShown.indexOf('--data') + 1] ?? '') as Record<string, unknown>;
  expect(sent['notebook']).toBe(`${name}.ipynb`);
  expect(sent).not.toHaveProperty('submissionId'); // with it the answer would be the run that exists
  expect(asShown).toContain('Authorization: token from the shell');
});
