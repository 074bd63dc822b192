import * as apple from './apple.ts';
import { cargoLockReader, cargoTomlReader } from './cargo.ts';
import { pubspecLockReader, pubspecReader } from './dart.ts';
import * as dotnet from './dotnet.ts';
import type { ManifestFamily } from './family.ts';
import { goModReader, vendorModulesReader } from './go.ts';
import { dockerfileReader } from './install/dockerfile.ts';
import * as scripts from './install/scripts.ts';
import * as npmLocks from './javascript/locks.ts';
import * as packageJson from './javascript/package-json.ts';
import * as gradle from './jvm/gradle.ts';
import { pomReader } from './jvm/pom.ts';
import { relateJvm } from './jvm/relate.ts';
import { sbtReader } from './jvm/sbt.ts';
import type { Requirement } from './model.ts';
import { composerLockReader, composerReader } from './php.ts';
import { condaReader } from './python/conda.ts';
import { frontmatterReader } from './python/frontmatter.ts';
import * as pythonLocks from './python/locks.ts';
import * as pyproject from './python/pyproject.ts';
import { codeInstallsReader, imageCodeReader } from './python/code-installs.ts';
import { imageProjectsReader } from './python/image-projects.ts';
import { modelRecipeReader } from './python/recipes.ts';
import { relatePython } from './python/relate.ts';
import { includedReader, requirementsReader } from './python/requirements.ts';
import { setupCfgReader } from './python/setup-cfg.ts';
import { setupPyReader } from './python/setup-py.ts';
import { descriptionReader, renvReader } from './rlang.ts';
import * as ruby from './ruby.ts';
import { mapRequirements, valuesOf, withRange } from './values.ts';

const python: ManifestFamily = {
  id: 'manifest-python',
  readers: [
    requirementsReader,
    includedReader,
    pyproject.pyprojectReader,
    setupPyReader,
    setupCfgReader,
    pyproject.pipfileReader,
    pyproject.pixiReader,
    pyproject.inlineScriptReader,
    frontmatterReader,
    condaReader,
    pythonLocks.pythonTomlLockReader,
    pythonLocks.pipfileLockReader,
    pythonLocks.condaLockReader,
    imageProjectsReader,
  ],
  relate: relatePython,
};

const javascript: ManifestFamily = {
  id: 'manifest-javascript',
  readers: [
    packageJson.packageJsonReader,
    packageJson.pnpmWorkspaceReader,
    packageJson.denoReader,
    packageJson.bowerReader,
    npmLocks.packageLockReader,
    npmLocks.pnpmLockReader,
    npmLocks.yarnLockReader,
    npmLocks.bunLockReader,
    npmLocks.denoLockReader,
  ],
  /** `catalog:` of pnpm, yarn and bun. */
  relate(files) {
    const look = valuesOf(files);
    return mapRequirements(files, (requirement, path) => {
      if (requirement.from === undefined) return [requirement];
      const entry = look(path, `${requirement.from.replace(/^catalog:default$/, 'catalog:')}\0${requirement.name}`);
      return [withRange(requirement, entry?.text, entry?.stated)];
    });
  },
};

const jvm: ManifestFamily = {
  id: 'manifest-jvm',
  readers: [pomReader, gradle.gradleReader, gradle.gradlePropertiesReader, gradle.versionCatalogReader, gradle.gradleLockReader, sbtReader],
  relate: relateJvm,
};

const go: ManifestFamily = { id: 'manifest-go', readers: [goModReader, vendorModulesReader] };

const rust: ManifestFamily = {
  id: 'manifest-rust',
  readers: [cargoTomlReader, cargoLockReader],
  /** `workspace = true`: name, version and origin stand in the workspace's manifest. */
  relate(files) {
    const look = valuesOf(files);
    return mapRequirements(files, (requirement, path) => {
      if (requirement.from === undefined) return [requirement];
      const shared = look(path, requirement.from);
      const [name, range, origin, fixed] = (shared?.text ?? requirement.name).split('\0');
      const entry: Requirement = {
        ...requirement,
        name: name ?? requirement.name,
        ...(origin === 'path' || origin === 'vcs' ? { origin } : {}),
        ...(fixed ? { fixed: true } : {}),
      };
      return [withRange(entry, range, shared?.stated)];
    });
  },
};

const dotnetFamily: ManifestFamily = {
  id: 'manifest-dotnet',
  readers: [
    dotnet.projectReader,
    dotnet.packagesConfigReader,
    dotnet.nugetLockReader,
    dotnet.paketReader,
    dotnet.paketLockReader,
    dotnet.dotnetScriptReader,
  ],
  /** Central package versions and MSBuild properties. */
  relate(files) {
    const look = valuesOf(files);
    return mapRequirements(files, (requirement, path) => {
      const central = requirement.range === undefined && requirement.from !== undefined ? look(path, requirement.from) : undefined;
      const written = requirement.range ?? central?.text;
      const range = written?.replaceAll(/\$\([\w.]{1,100}\)/g, (reference) => look(path, reference)?.text ?? reference);
      return [withRange(requirement, range?.includes('$(') ? undefined : range, central?.stated)];
    });
  },
};

/** What commands install by name. No lock file speaks for them. */
const install: ManifestFamily = {
  id: 'install',
  readers: [
    dockerfileReader,
    imageCodeReader,
    codeInstallsReader,
    modelRecipeReader,
    scripts.scriptReader,
    scripts.yamlCommandReader,
    scripts.notebookReader,
    scripts.exportedNotebookReader,
  ],
};

/** Families in the order in which they detect. */
export const families: readonly ManifestFamily[] = [
  python,
  javascript,
  jvm,
  go,
  rust,
  dotnetFamily,
  { id: 'manifest-ruby', readers: [ruby.gemfileReader, ruby.gemspecReader, ruby.gemfileLockReader] },
  { id: 'manifest-php', readers: [composerReader, composerLockReader] },
  { id: 'manifest-dart', readers: [pubspecReader, pubspecLockReader] },
  {
    id: 'manifest-apple',
    readers: [
      apple.packageSwiftReader,
      apple.packageResolvedReader,
      apple.xcodeProjectReader,
      apple.podfileReader,
      apple.podfileLockReader,
    ],
  },
  { id: 'manifest-r', readers: [descriptionReader, renvReader] },
  install,
];
