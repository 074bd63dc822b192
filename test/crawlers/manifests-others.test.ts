import { describe, expect, it } from 'vitest';
import { requirementAt, scan } from './manifests-helper.ts';

describe('Go', () => {
  it('requires directly or indirectly, and go.sum says nothing', async () => {
    const { lines } = await scan({
      'go.mod':
        'module github.com/acme/app\n\ngo 1.22\n\nrequire github.com/sashabaranov/go-openai v1.20.0\n\nrequire (\n\tgithub.com/liushuangls/go-anthropic/v2 v2.1.0\n\tgithub.com/tmc/langchaingo v0.1.12 // indirect\n\tgithub.com/alecthomas/chroma/v2 v2.14.0\n\t// github.com/ollama/ollama v0.1.0\n)\n\nreplace github.com/x/y => github.com/ollama/ollama v0.1.0\nexclude github.com/openai/openai-go v0.1.0\n',
      'go.sum': 'github.com/openai/openai-go v1.0.0 h1:x\n',
    });
    expect(lines.filter((line) => !line.includes('chroma'))).toEqual([
      'golang/github.com/liushuangls/go-anthropic/v2 v2.1.0 runtime go.mod:8',
      'golang/github.com/sashabaranov/go-openai v1.20.0 runtime go.mod:5',
      'golang/github.com/tmc/langchaingo v0.1.12 runtime go.mod:9 *',
    ]);
  });

  it('a syntax highlighter is no vector store', async () => {
    const { libraries } = await scan({
      'go.mod': 'module x\nrequire github.com/alecthomas/chroma/v2 v2.14.0\nrequire github.com/amikos-tech/chroma-go v0.1.0\n',
    });
    expect(libraries.map(({ name, category }) => [name, category])).toEqual([
      ['github.com/alecthomas/chroma/v2', undefined],
      ['github.com/amikos-tech/chroma-go', 'vector-store-client'],
    ]);
  });
});

describe('Rust', () => {
  it('follows workspace dependencies, renames and targets, and picks the locked version that fits', async () => {
    const { lines } = await scan({
      'Cargo.toml':
        '[workspace]\nmembers = ["app", "core"]\n[workspace.dependencies]\ntok = { package = "tokenizers", version = "0.20" }\ncore = { path = "core" }\n',
      'Cargo.lock':
        '[[package]]\nname = "tokenizers"\nversion = "0.19.1"\n\n[[package]]\nname = "tokenizers"\nversion = "0.20.3"\n\n[[package]]\nname = "candle-core"\nversion = "0.7.2"\n',
      'app/Cargo.toml':
        '[package]\nname = "app"\n[dependencies]\ntok.workspace = true\ncore = { workspace = true }\nasync-openai = { version = "0.25", optional = true }\n[target.\'cfg(unix)\'.dependencies]\ncandle-core = "0.7"\n[dev-dependencies]\nort = "=2.0.0"\n',
      'core/Cargo.toml': '[package]\nname = "core"\n',
    });
    expect(lines).toEqual([
      'cargo/async-openai ~0.25 optional app/Cargo.toml:6',
      'cargo/candle-core 0.7.2 runtime app/Cargo.toml:8',
      'cargo/ort 2.0.0 development app/Cargo.toml:10',
      'cargo/tokenizers 0.20.3 runtime app/Cargo.toml:4',
    ]);
  });
});

describe('.NET', () => {
  it('reads project files, central versions, properties and tools of the build', async () => {
    const { lines } = await scan({
      'Directory.Packages.props':
        '<Project>\n<PropertyGroup><SkVersion>1.30.0</SkVersion></PropertyGroup>\n<ItemGroup>\n<PackageVersion Include="Microsoft.SemanticKernel" Version="$(SkVersion)" />\n</ItemGroup>\n</Project>',
      'src/App/App.csproj':
        '<Project Sdk="Microsoft.NET.Sdk">\n<ItemGroup>\n<PackageReference Include="Microsoft.SemanticKernel" />\n<PackageReference Include="Azure.AI.OpenAI" Version="2.1.0" />\n<PackageReference Include="OpenAI"><Version>2.*</Version></PackageReference>\n<!-- <PackageReference Include="LLamaSharp" Version="1" /> -->\n<PackageReference Include="Microsoft.ML" Version="4.0.0" PrivateAssets="all" />\n</ItemGroup>\n</Project>',
    });
    expect(lines).toEqual([
      'nuget/Azure.AI.OpenAI 2.1.0 runtime src/App/App.csproj:4',
      'nuget/Microsoft.ML 4.0.0 build src/App/App.csproj:7',
      'nuget/Microsoft.SemanticKernel 1.30.0 runtime src/App/App.csproj:3',
      'nuget/OpenAI ~2.* runtime src/App/App.csproj:5',
    ]);
  });

  it('reads packages.config, paket, scripts and lock files', async () => {
    const { lines } = await scan({
      'old/packages.config': '<packages>\n<package id="Microsoft.ML" version="3.0.1" targetFramework="net48" />\n</packages>',
      'paket/paket.dependencies': 'source https://example.org\nnuget OllamaSharp ~> 3.0\ngroup Test\nnuget LLamaSharp\n',
      'paket/paket.lock': 'NUGET\n  remote: https://example.org\n    OllamaSharp (3.0.7)\n      System.Text.Json (>= 8)\n',
      'nb/demo.dib': '#r "nuget: Microsoft.SemanticKernel, 1.0.1"\n',
      'run.cs': '#:package OpenAI@2.1.0\n',
      'lock/packages.lock.json':
        '{\n"version": 1,\n"dependencies": {\n"net8.0": {\n"TiktokenSharp": {"type": "Transitive", "resolved": "1.0.9"}}}}',
    });
    expect(lines).toEqual([
      'nuget/LLamaSharp - development paket/paket.dependencies:4',
      'nuget/Microsoft.ML 3.0.1 runtime old/packages.config:2',
      'nuget/Microsoft.SemanticKernel 1.0.1 runtime nb/demo.dib:1',
      'nuget/OllamaSharp 3.0.7 runtime paket/paket.dependencies:2',
      'nuget/OpenAI 2.1.0 runtime run.cs:1',
      'nuget/TiktokenSharp 1.0.9 runtime lock/packages.lock.json:5 *',
    ]);
  });
});

describe('Ruby, PHP, Dart, Apple, R', () => {
  it('Gemfile, gemspec and lock', async () => {
    const scanned = await scan({
      Gemfile:
        "source 'https://example.org'\ngem 'ruby-openai', '~> 6.0'\ngem \"anthropic\", \">= 0.1\", \"< 1\"\ngroup :development, :test do\n  gem 'langchainrb'\nend\ngem 'torch-rb', git: 'https://example.org/x'\n# gem 'ollama-ai'\n",
      'Gemfile.lock':
        'GEM\n  remote: https://example.org/\n  specs:\n    ruby-openai (6.3.1)\n      event_stream_parser (>= 0.3)\n    tiktoken_ruby (0.0.7)\n',
      'x.gemspec': "spec.add_dependency 'neighbor', '~> 0.3'\nspec.add_development_dependency \"informers\"\n",
    });
    expect(scanned.lines).toEqual([
      'gem/anthropic ~>= 0.1, < 1 runtime Gemfile:3',
      'gem/informers - development x.gemspec:2',
      'gem/langchainrb - development Gemfile:5',
      'gem/neighbor ~~> 0.3 runtime x.gemspec:1',
      'gem/ruby-openai 6.3.1 runtime Gemfile:2',
      'gem/tiktoken_ruby 0.0.7 runtime Gemfile.lock:6 *',
      'gem/torch-rb - runtime Gemfile:7',
    ]);
    expect(requirementAt(scanned, 'gem/neighbor', 'x.gemspec:1')).toMatchObject({ deployable: false, bounded: true });
  });

  it('composer.json and lock', async () => {
    const { lines } = await scan({
      'composer.json':
        '{\n"name": "acme/app",\n"require": {\n"php": "^8.2",\n"openai-php/client": "^0.10"},\n"require-dev": {\n"theodo-group/llphant": "dev-main"}}',
      'composer.lock':
        '{"packages": [\n{"name": "openai-php/client", "version": "v0.10.3", "require": {"name": "x"}},\n{"name": "yethee/tiktoken", "version": "0.5.0"}], "packages-dev": []}',
    });
    expect(lines).toEqual([
      'composer/openai-php/client v0.10.3 runtime composer.json:5',
      'composer/theodo-group/llphant ~dev-main development composer.json:7',
      'composer/yethee/tiktoken 0.5.0 runtime composer.lock:3 *',
    ]);
  });

  it('pubspec.yaml and lock', async () => {
    const { lines } = await scan({
      'pubspec.yaml': 'name: app\ndependencies:\n  flutter:\n    sdk: flutter\n  langchain: ^0.7.0\n  google_generative_ai: any\n',
      'pubspec.lock': 'packages:\n  langchain:\n    dependency: "direct main"\n    version: "0.7.2"\n',
    });
    expect(lines).toEqual(['pub/google_generative_ai - runtime pubspec.yaml:6', 'pub/langchain 0.7.2 runtime pubspec.yaml:5']);
  });

  it('Package.swift, Package.resolved, Podfile', async () => {
    const { lines } = await scan({
      'Package.swift':
        'let package = Package(dependencies: [\n  .package(url: "https://github.com/MacPaw/OpenAI.git", from: "0.2.0"),\n  // .package(url: "https://github.com/x/y", from: "1.0.0"),\n  .package(url: "git@github.com:ml-explore/mlx-swift.git", .exact("0.10.0")),\n])',
      'Package.resolved':
        '{"pins": [\n{"identity": "openai", "location": "https://github.com/MacPaw/OpenAI.git", "state": {"version": "0.2.9"}}], "version": 2}',
      Podfile: "pod 'TensorFlowLiteSwift', '~> 2.14'\npod \"GoogleMLKit/FaceDetection\"\n",
    });
    expect(lines).toEqual([
      'cocoapods/GoogleMLKit/FaceDetection - runtime Podfile:2',
      'cocoapods/TensorFlowLiteSwift ~~> 2.14 runtime Podfile:1',
      'swift/github.com/MacPaw/OpenAI 0.2.9 runtime Package.swift:2',
      'swift/github.com/ml-explore/mlx-swift 0.10.0 runtime Package.swift:4',
    ]);
  });

  it('DESCRIPTION and renv.lock', async () => {
    const { lines } = await scan({
      DESCRIPTION: 'Package: x\nImports:\n    torch (>= 0.11),\n    xgboost, dplyr\nSuggests: keras\nDepends: R (>= 4.1)\n',
      'renv.lock':
        '{"R": {"Version": "4.3.1"},\n"Packages": {\n"xgboost": {"Package": "xgboost", "Version": "1.7.5"},\n"ranger": {"Version": "0.15.1"}}}',
    });
    expect(lines.filter((line) => !line.includes('dplyr'))).toEqual([
      'cran/keras - optional DESCRIPTION:5',
      'cran/ranger 0.15.1 runtime renv.lock:4 *',
      'cran/torch ~>= 0.11 runtime DESCRIPTION:3',
      'cran/xgboost 1.7.5 runtime DESCRIPTION:4',
    ]);
  });
});
