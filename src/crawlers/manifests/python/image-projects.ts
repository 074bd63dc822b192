import { VALUED } from '../install/commands.ts';
import { dockerfileReader, runScripts } from '../install/dockerfile.ts';
import { shellCommands, type Command } from '../install/shell.ts';
import type { Link } from '../model.ts';
import type { ManifestReader } from '../reader.ts';

const PIP = /^(?:\S*\/)?(?:pip[\d.]*|python[\d.]* -m pip|uv(?: --\S+)* pip) install\b/;
/** They install the project that they are called in. */
const WHOLE = /^(?:\S*\/)?(?:uv sync|poetry install|pdm (?:install|sync)|rye sync|hatch env create)\b/;
/** `.`, `./server[gpu]`, `/app`: a folder, no archive. */
const FOLDER = /^(\.{0,2}(?:\/[\w.-]+)*\/?)(?:\[[\w,-]*\])?$/;
const ARCHIVE = /\.(?:whl|zip|tar|gz|bz2|txt)$/;

/** The folder that a command installs as a package, as seen from where it runs. */
function projectOf(command: Command): string | undefined {
  const words = command.map(({ text }) => text);
  const front = words.slice(0, 4).join(' ');
  // `--no-deps`, `--no-root`: what the project asks for comes from elsewhere, or alone.
  if (words.includes('--no-deps')) return undefined;
  if (WHOLE.test(front)) return '.';
  if (!PIP.test(front)) return undefined;
  const folder = words.find(
    (word, index) => word !== '' && FOLDER.test(word) && !ARCHIVE.test(word) && !VALUED['pypi']?.has(words[index - 1] ?? ''),
  );
  if (folder === undefined) return undefined;
  // Where an absolute path leads only the image knows; as a rule it is where the sources were copied to.
  return folder.startsWith('/') ? '.' : folder.replace(/\[.*$/, '');
}

/** Projects of the tree that an image installs (`RUN pip install .`): they are deployed, whatever else they are. */
export const imageProjectsReader: ManifestReader = {
  id: 'image-projects',
  matches: dockerfileReader.matches,
  prefilter: (latin1) =>
    /\b(?:pip[\d.]*["']?,?\s*["']?install|uv sync|poetry install|pdm (?:install|sync)|rye sync|hatch env)\b/.test(latin1),
  read: (text) => {
    const links = [...runScripts(text)].flatMap(({ script, line }) =>
      shellCommands(script, line).flatMap((command): Link[] => {
        const target = projectOf(command);
        return target === undefined ? [] : [{ type: 'project', target, line: command[0]?.line ?? line }];
      }),
    );
    return { reader: 'image-projects', links };
  },
};
