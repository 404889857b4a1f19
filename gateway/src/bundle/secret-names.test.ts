import { isSecretName, secretsWarning } from './secret-names.js';

test.each([
  '.env',
  '.env.production',
  'sub/.env.local',
  'id_rsa',
  '.ssh/id_ed25519',
  'server.pem',
  'TLS.KEY',
  'store.p12',
  '.netrc',
  '.pypirc',
  '.npmrc',
  'credentials.json',
  'service-account.json',
  'service-account-prod.json',
  'service_account.json',
  '.aws/credentials',
  'deep/.aws/credentials',
  'kubeconfig',
  '.kube/config'
])('%s goes along without a word, though it is a secret', path => {
  expect(isSecretName(path)).toBe(true);
});

test.each([
  '.env.example',
  '.env.template',
  'environment.yml',
  'id_rsa.pub',
  'keys.py',
  'monkey',
  'credentials',
  'my-credentials.json.md',
  'config',
  'pem.txt'
])('%s frightens people, though it is no secret', path => {
  expect(isSecretName(path)).toBe(false);
});

test('a folder full of keys fills the screen instead of naming ten and a count', () => {
  const keys = Array.from({ length: 14 }, (_, index) => `k${index}.key`);
  const warning = secretsWarning(['train.py', ...keys]) ?? '';
  expect(warning).toContain('k9.key and 4 more');
  expect(warning).not.toContain('k10.key');
  expect(warning).toContain('.gitignore');
});

test('a harmless folder gets a warning', () => {
  expect(secretsWarning(['train.py', '.env.example'])).toBeUndefined();
});
