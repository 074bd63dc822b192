// Where a requirement is judged: in the entry that one has to change.
import { describe, expect, it } from 'vitest';
import { places, scanTree } from './scan-tree.ts';

const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('unpinned-library, where the range stands elsewhere', () => {
  const cargo = (entry: string) =>
    places('unpinned-library', {
      'Cargo.toml': rows('[workspace]', 'members = ["a", "b"]', '', '[workspace.dependencies]', 'anyhow = "1"', entry),
      'a/Cargo.toml': rows('[package]', 'name = "a"', '[dependencies]', 'candle-core.workspace = true'),
      'b/Cargo.toml': rows('[package]', 'name = "b"', '[dependencies]', 'candle-core = { workspace = true, features = ["cuda"] }'),
    });

  it('is told once, in the manifest of the Cargo workspace', async () => {
    expect(await cargo('candle-core = { git = "https://github.com/huggingface/candle.git", branch = "main" }')).toEqual(['Cargo.toml:6']);
    expect(await cargo('candle-core = "*"')).toEqual(['Cargo.toml:6']);
    expect(await cargo('candle-core = "0.8"')).toEqual([]);
    expect(await cargo('candle-core = { git = "https://github.com/huggingface/candle.git", rev = "0b24f7f" }')).toEqual([]);
    expect(await cargo('candle-core = { git = "https://github.com/huggingface/candle.git", tag = "candle-0.8" }')).toEqual([]);
  });

  it('keeps the members as related places', async () => {
    const { findings } = await scanTree({
      'Cargo.toml': rows('[workspace.dependencies]', 'ort = "*"'),
      'a/Cargo.toml': rows('[package]', 'name = "a"', '[dependencies]', 'ort.workspace = true'),
    });
    const [finding] = findings.filter(({ ruleId }) => ruleId === 'unpinned-library');
    expect(finding?.location).toEqual({ path: 'Cargo.toml', line: 2 });
    expect(finding?.related).toEqual([{ path: 'a/Cargo.toml', line: 4 }]);
  });

  it('is told in the version catalogue of Gradle', async () => {
    const tree = (version: string) => ({
      'gradle/libs.versions.toml': rows('[versions]', `chain = "${version}"`, '[libraries]', 'chain = { module = "dev.langchain4j:langchain4j", version.ref = "chain" }'),
      'app/build.gradle.kts': rows('dependencies {', '    implementation(libs.chain)', '}'),
      'jobs/build.gradle.kts': rows('dependencies {', '    implementation(libs.chain)', '}'),
    });
    expect(await places('unpinned-library', tree('latest.release'))).toEqual(['gradle/libs.versions.toml:4']);
    expect(await places('unpinned-library', tree('1.1.0'))).toEqual([]);
  });

  it('is told in the parent that manages the version', async () => {
    const dependency = (version: string) => `<dependency>\n<groupId>dev.langchain4j</groupId>\n<artifactId>langchain4j</artifactId>\n${version}</dependency>`;
    const tree = (version: string) => ({
      'pom.xml': rows(
        '<project><groupId>acme</groupId><artifactId>parent</artifactId><version>1</version>',
        `<properties><chain>${version}</chain></properties>`,
        `<dependencyManagement><dependencies>${dependency('<version>${chain}</version>\n')}</dependencies></dependencyManagement></project>`,
      ),
      'app/pom.xml': rows(
        '<project><parent><groupId>acme</groupId><artifactId>parent</artifactId><version>1</version></parent><artifactId>app</artifactId>',
        `<dependencies>${dependency('')}</dependencies></project>`,
      ),
    });
    expect(await places('unpinned-library', tree('LATEST'))).toEqual(['pom.xml:5']);
    expect(await places('unpinned-library', tree('1.1.0'))).toEqual([]);
  });

  it('is told in the central file of NuGet', async () => {
    const tree = (version: string) => ({
      'Directory.Packages.props': `<Project>\n<ItemGroup>\n<PackageVersion Include="Microsoft.SemanticKernel" Version="${version}" />\n</ItemGroup>\n</Project>`,
      'src/A/A.csproj': '<Project>\n<ItemGroup>\n<PackageReference Include="Microsoft.SemanticKernel" />\n</ItemGroup>\n</Project>',
      'src/B/B.csproj': '<Project>\n<ItemGroup>\n<PackageReference Include="Microsoft.SemanticKernel" />\n</ItemGroup>\n</Project>',
    });
    expect(await places('unpinned-library', tree('*'))).toEqual(['Directory.Packages.props:3']);
    expect(await places('unpinned-library', tree('1.30.0'))).toEqual([]);
  });

  it('is told in the catalogue of a JavaScript workspace', async () => {
    const members = {
      'a/package.json': rows('{', '  "private": true,', '  "dependencies": { "openai": "catalog:" }', '}'),
      'b/package.json': rows('{', '  "private": true,', '  "dependencies": { "openai": "catalog:default" }', '}'),
    };
    expect(await places('unpinned-library', { ...members, 'pnpm-workspace.yaml': rows('packages: [a, b]', 'catalog:', '  openai: latest') })).toEqual(['pnpm-workspace.yaml:3']);
    const bun = rows('{', '  "workspaces": {', '    "packages": ["a", "b"],', '    "catalog": {', '      "openai": "*"', '    }', '  }', '}');
    expect(await places('unpinned-library', { ...members, 'package.json': bun })).toEqual(['package.json:5']);
  });

  it('points a vulnerability at the entry that fixes the version', async () => {
    const tree = {
      'pnpm-workspace.yaml': rows('packages: [app]', 'catalog:', "  '@modelcontextprotocol/sdk': 1.20.0"),
      'app/package.json': rows('{', '  "dependencies": { "@modelcontextprotocol/sdk": "catalog:" }', '}'),
    };
    expect(new Set(await places('vulnerable-library', tree))).toEqual(new Set(['pnpm-workspace.yaml:3']));
  });
});

describe('unpinned-library of a package', () => {
  const pyproject = rows(
    '[project]',
    'name = "acme-mood"',
    'classifiers = ["Programming Language :: Python :: 3"]',
    'dependencies = [',
    '    "scikit-learn>=1.2",',
    ']',
    '[project.optional-dependencies]',
    'gpu = ["torch"]',
  );
  const build = (path: string, ...lines: readonly string[]) =>
    places('unpinned-library', { 'pyproject.toml': pyproject, [path]: rows('FROM python:3.13', 'COPY . .', ...lines) });

  it('is where an image installs it, also beside a list of requirements', async () => {
    expect(await build('Dockerfile', 'RUN pip install --no-cache-dir -e .')).toEqual(['pyproject.toml:5']);
    expect(await build('docker/Dockerfile.api', 'RUN apt-get update && \\', '    pip install --prefix /opt/venv .[gpu]')).toEqual(['pyproject.toml:5']);
    expect(await build('Dockerfile', 'RUN ["python", "-m", "pip", "install", "/app"]')).toEqual(['pyproject.toml:5']);
    const both = { 'pyproject.toml': pyproject, 'requirements.txt': 'scikit-learn>=1.2\n', Dockerfile: 'FROM python:3.13\nRUN pip install .\n' };
    expect(await places('unpinned-library', both)).toEqual(['pyproject.toml:5', 'requirements.txt:1']);
  });

  it('is where an image installs one with a setup.py in a folder of its own', async () => {
    const setup = rows('from setuptools import setup', 'setup(', '    name="acme-mood",', '    install_requires=["torch>=2"],', ')');
    const image = rows('FROM python:3.13', 'COPY packages packages', 'RUN pip install ./packages/mood');
    expect(await places('unpinned-library', { 'packages/mood/setup.py': setup, Dockerfile: image })).toEqual(['packages/mood/setup.py:4']);
  });

  it('is not where others install it', async () => {
    expect(await places('unpinned-library', { 'pyproject.toml': pyproject })).toEqual([]);
    expect(await build('Dockerfile', 'RUN pip install -r requirements.txt --target /app')).toEqual([]);
    expect(await build('Dockerfile', 'RUN pip install --no-deps .')).toEqual([]);
    expect(await build('docs/Dockerfile', 'RUN pip install .')).toEqual([]);
    expect(await build('Dockerfile', 'RUN pip install ./dist/acme_mood-1.0-py3-none-any.whl')).toEqual([]);
  });
});

describe('unpinned-library of an extra', () => {
  const app = (...lines: readonly string[]) =>
    places('unpinned-library', { 'pyproject.toml': rows('[project]', 'name = "acme"', 'dependencies = ["openai==1.60.0"]', ...lines), 'app.py': 'import openai\n' });

  it('is where a part of the program asks for it', async () => {
    expect(await app('[project.optional-dependencies]', 'local = ["torch>=2.0"]')).toEqual(['pyproject.toml:5']);
    expect(await places('unpinned-library', { 'Cargo.toml': rows('[package]', 'name = "a"', '[dependencies]', 'ort = { version = "*", optional = true }') })).toEqual(['Cargo.toml:4']);
  });

  it('is not where only developers do, or where somebody else chooses', async () => {
    expect(await app('[project.optional-dependencies]', 'dev = ["torch>=2.0"]', 'docs = ["transformers"]')).toEqual([]);
    expect(await places('unpinned-library', { 'package.json': '{"name": "a", "private": true, "peerDependencies": {"openai": ">=4"}}' })).toEqual([]);
  });
});

describe('unpinned-library beside a lock file', () => {
  const lock = { 'uv.lock': rows('version = 1', '[[package]]', 'name = "torch"', 'version = "2.6.0"', 'source = { registry = "https://example.org" }') };

  it('is where pip installs a list in another folder', async () => {
    expect(await places('unpinned-library', { ...lock, 'serving/requirements.txt': 'torch>=2\n' })).toEqual(['serving/requirements.txt:1']);
  });

  it('is not where the lock lies beside it or is that of a workspace', async () => {
    expect(await places('unpinned-library', { ...lock, 'requirements.txt': 'torch>=2\n' })).toEqual([]);
    expect(await places('unpinned-library', { ...lock, 'serving/pyproject.toml': '[project]\nname = "s"\ndependencies = ["torch>=2"]\n' })).toEqual([]);
  });
});

describe('undeclared-ai-library', () => {
  const found = (tree: Readonly<Record<string, string>>) => places('undeclared-ai-library', tree);
  const app = { 'app.py': 'import torch\n\nprint(torch.__version__)\n' };
  const utf16 = (text: string) => `\u{feff}${text}`;

  it.each([
    ['requirements with a byte order mark', 'requirements.txt', utf16('torch==2.6.0\r\n')],
    ['an oddly named list', 'requirement.txt', 'torch\n'],
    ['an environment', 'environment.yml', 'name: x\ndependencies:\n  - python=3.12\n  - pip:\n    - torch\n'],
    ['setup.cfg', 'setup.cfg', '[options]\ninstall_requires =\n    torch\n'],
    ['a Pipfile', 'Pipfile', '[packages]\ntorch = "*"\n'],
    ['an image', 'Dockerfile', 'FROM python:3.12\nRUN pip install --no-cache-dir \\\n    torch\n'],
    ['a script', 'install.sh', 'pip3 install torch\n'],
    ['a development container', '.devcontainer/devcontainer.json', '{\n  // tools\n  "postCreateCommand": "pip install torch",\n}\n'],
  ])('%s declares what it installs', async (_name, path, text) => {
    expect(await found({ ...app, [path]: text })).toEqual([]);
  });

  it('is not what only type checkers read', async () => {
    expect(await found({ 'app.py': 'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n' })).toEqual([]);
    expect(await found({ 'app.py': 'import typing as t\nif t.TYPE_CHECKING:\n    import torch\nelse:\n    import torch\n' })).toEqual(['app.py:5']);
  });

  it('is less where the program goes on without it', async () => {
    const confidence = async (tree: Readonly<Record<string, string>>) =>
      (await scanTree(tree)).findings.filter(({ ruleId }) => ruleId === 'undeclared-ai-library').map(({ confidence: sure, location }) => `${location.path}:${location.line ?? 0} ${sure}`);
    expect(await confidence({ 'app.py': 'try:\n    import torch\nexcept ImportError:\n    torch = None\n' })).toEqual(['app.py:2 low']);
    expect(await confidence({ 'app.py': 'try:\n    import torch\nexcept ImportError:\n    raise SystemExit("torch is missing")\n' })).toEqual(['app.py:2 medium']);
    const both = { 'a.py': 'try:\n    import torch\nexcept ImportError:\n    torch = None\n', 'b.py': 'import torch\n' };
    expect(await confidence(both)).toEqual(['b.py:1 medium']);
  });
});
