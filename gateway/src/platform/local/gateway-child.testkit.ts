/**
 * A gateway to be killed: opens the platform in the folder that its first argument names, submits `run.py` from the home
 * folder that its second one names, says the run's id, and stays. Bundled and started by `faults.integration.test.ts`.
 */
import { RunSubmission } from '../../contract/index.js';
import { InterpreterEnvironment, openCompute, openPlatform, SILENT } from './local-harness.testkit.js';

const [dataFolder = '', rootFolder = '', launcherFolder = '', interpreter = ''] = process.argv.slice(2);
process.stdout.write('open\n');
const { platform } = await openPlatform({
  dataFolder,
  launcherFolder,
  pythonPath: interpreter,
  environments: new InterpreterEnvironment(interpreter),
  variables: process.env,
  compute: await openCompute(),
  log: SILENT
});
process.stdout.write('submit\n');
const variables = { GO: `${rootFolder}/go`, STARTS: `${rootFolder}/starts` };
const submission = RunSubmission.parse({
  notebook: 'run.py',
  framework: 'process',
  submissionId: 'from-child',
  variables
});
const run = await platform.submit({ name: 'ada', rootFolder }, submission, new AbortController().signal);
process.stdout.write(`${run.id}\n`);
setInterval(() => undefined, 60_000);
