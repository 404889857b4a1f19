import fc from 'fast-check';
import { installationIn, withPackages } from './installed-packages.js';

test.each<[string, string[] | null]>([
  ['x = 1', null],
  ['pip install seaborn', null],
  ['# %pip install seaborn', null],
  ['print("!pip install seaborn")', null],
  ['%pip list', null],
  ['%pip install seaborn', ['seaborn']],
  ['  !pip install seaborn', ['seaborn']],
  ['!pip3 install -q seaborn --upgrade pandas', ['seaborn', 'pandas']],
  ['!python -m pip install seaborn', ['seaborn']],
  ['!/opt/env/bin/python3.11 -m pip install seaborn', ['seaborn']],
  ['!uv pip install seaborn', ['seaborn']],
  ['%uv pip install seaborn', ['seaborn']],
  ['!sudo pip install seaborn', ['seaborn']],
  ['%conda install -y -c conda-forge "pandas=2.3"', ['pandas==2.3']],
  ['%pip install "pandas>=2,<3" \'numpy==2.4.6\'', ['pandas>=2,<3', 'numpy==2.4.6']],
  ['%pip install pandas[excel]==2.3.1', ['pandas[excel]==2.3.1']],
  ['%pip install -r requirements.txt', []],
  ['%pip install -r requirements.txt seaborn', ['seaborn']],
  ['%pip install -e . --index-url https://mirror.invalid/simple seaborn', ['seaborn']],
  ['%pip install git+https://host.invalid/a.git ./wheel/a-1.0-py3-none-any.whl a.whl', []],
  ['%pip install $NAME {name} `name`', []],
  ['!pip install seaborn \\\n  pandas \\\n  numpy', ['seaborn', 'pandas', 'numpy']],
  ['!pip install seaborn && echo pandas', ['seaborn']],
  ['!pip install seaborn > /dev/null 2>&1', ['seaborn']],
  ['!pip install seaborn  # for plots', ['seaborn']],
  ['%pip install seaborn\nx = 1\n%pip install Pandas==1\n!pip install pandas==2', ['seaborn', 'pandas==2']],
  ['%pip install', []]
])('%j installs %j', (source, want) => {
  expect(installationIn(source)?.packages ?? null).toEqual(want);
});

test('any text is read without a failure, and names only what could be a requirement', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      const { packages } = installationIn(`%pip install ${text}`) ?? { packages: [] };
      for (const requirement of packages) expect(requirement).toMatch(/^[A-Za-z0-9][^\s/\\$`]*$/);
    })
  );
});

test('a package that was asked for before is replaced by what is named anew', () => {
  expect(withPackages(['torch==2.15.0', 'Pandas==1'], ['pandas==2', 'seaborn'])).toEqual([
    'torch==2.15.0',
    'pandas==2',
    'seaborn'
  ]);
});
