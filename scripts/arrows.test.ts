/**
 * The arrows of the architecture, held against the lint configuration that is really in force for each file: a forbidden
 * import must be an error there, or the folders mean nothing.
 */
import path from 'node:path';
import { ESLint, Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { ROOT } from './command.js';

const RULES = [
  '@typescript-eslint/no-restricted-imports',
  'no-restricted-globals',
  'no-restricted-properties',
  'no-restricted-syntax'
];
const eslint = new ESLint({ cwd: ROOT, overrideConfigFile: path.join(ROOT, 'scripts/eslint.config.mjs') });

/** Lints `code` as if it stood in `file`, with the rules that keep the arrows. */
async function refusals(file: string, code: string): Promise<string[]> {
  const config = (await eslint.calculateConfigForFile(path.join(ROOT, file))) as { rules?: Linter.RulesRecord };
  const rules = Object.fromEntries(RULES.flatMap(rule => (config.rules?.[rule] ? [[rule, config.rules[rule]]] : [])));
  const messages = new Linter().verify(
    code,
    [
      {
        files: ['**/*.ts', '**/*.tsx'],
        languageOptions: { parser: tseslint.parser },
        plugins: { '@typescript-eslint': tseslint.plugin },
        rules
      }
    ] as Linter.Config[],
    file
  );
  return messages.map(message => message.message);
}

describe('arrows', () => {
  test.each([
    ['operator/src/plan/x.ts', "import fs from 'node:fs';"],
    ['operator/src/plan/x.ts', "import { RunView } from '@berth/gateway/contract';"],
    ['operator/src/plan/x.ts', 'export const now = Date.now();'],
    ['operator/src/plan/x.ts', 'export const now = new Date();'],
    ['operator/src/plan/x.ts', 'export const luck = Math.random();'],
    ['operator/src/plan/x.ts', "export const home = process.env['HOME'];"],
    ['operator/src/api/x.ts', "import { KubeConfig } from '@kubernetes/client-node';"],
    ['recsys/src/kernels/x.ts', "import { planRun } from '@berth/operator/plan';"],
    ['recsys/src/graphs/x.ts', "import { InferenceSession } from 'onnxruntime-node';"],
    ['gateway/src/contract/x.ts', "import express from 'express';"],
    ['gateway/src/contract/x.ts', "import { LocalPlatform } from '../platform/local/local-platform.js';"],
    ['gateway/src/platform/local/x.ts', "import { createApp } from '../../http/app.js';"],
    ['gateway/src/http/x.ts', "import { LocalPlatform } from '../platform/local/local-platform.js';"],
    ['gateway/src/http/x.ts', "import { planRun } from '@berth/operator/src/plan/plan-run.js';"],
    ['extension/src/runs/x.ts', "import { planRun } from '@berth/operator/plan';"],
    ['extension/src/runs/x.ts', "import { RunView } from '@berth/gateway/contract';"],
    ['extension/src/runs/x.ts', "import type { Platform } from '@berth/gateway/lib/platform/platform.js';"]
  ])('%s may not say: %s', async (file, code) => {
    expect(await refusals(file, code)).not.toEqual([]);
  });

  test.each([
    ['operator/src/plan/x.ts', "import { planRetry } from './plan-retry.js';\nexport const at = new Date(0);"],
    ['gateway/src/contract/x.ts', "import { CAUSES } from '@berth/operator/plan';\nimport { z } from 'zod';"],
    ['gateway/src/http/x.ts', "import type { Platform } from '../platform/platform.js';"],
    ['gateway/src/main.ts', "import { LocalPlatform } from './platform/local/local-platform.js';"],
    ['extension/src/runs/x.ts', "import type { RunView } from '@berth/gateway/contract';"]
  ])('%s may say: %s', async (file, code) => {
    expect(await refusals(file, code)).toEqual([]);
  });
});
