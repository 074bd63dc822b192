import type { Command } from 'commander';
import { UserError } from '../core/errors.ts';
import { EXIT } from './exit.ts';

interface Words {
  readonly commands: readonly string[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

function wordsOf(program: Command): Words {
  const commands = program.commands.map((command) => command.name());
  return {
    commands,
    flags: new Map(program.commands.map((command) => [command.name(), command.options.flatMap((item) => (item.long ? [item.long] : []))])),
  };
}

const bash = ({ commands, flags }: Words): string => `_assay() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]}
  case $cur in
    -*) case $command in
${[...flags].map(([name, list]) => `      ${name}) COMPREPLY=($(compgen -W '${list.join(' ')}' -- "$cur")) ;;`).join('\n')}
      *) COMPREPLY=($(compgen -W '${flags.get('scan')?.join(' ') ?? ''}' -- "$cur")) ;;
    esac ;;
    *) [ "$COMP_CWORD" -eq 1 ] && COMPREPLY=($(compgen -W '${commands.join(' ')}' -- "$cur") $(compgen -f -- "$cur")) || COMPREPLY=($(compgen -f -- "$cur")) ;;
  esac
}
complete -o filenames -F _assay assay
`;

const zsh = (words: Words): string => `#compdef assay
autoload -U +X bashcompinit && bashcompinit
${bash(words)}`;

const fish = ({ commands, flags }: Words): string =>
  [
    `complete -c assay -n __fish_use_subcommand -a '${commands.join(' ')}'`,
    ...[...flags].flatMap(([name, list]) =>
      list.map((flag) => `complete -c assay -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}`),
    ),
    '',
  ].join('\n');

const SHELLS: Readonly<Record<string, (words: Words) => string>> = { bash, zsh, fish };

/** `assay completion <shell>`: a script for the shell's completion, made from the commands themselves. */
export function runCompletion(shell: string, program: Command): number {
  const script = SHELLS[shell];
  if (!script) throw new UserError(`no completion for ${shell}; there is one for ${Object.keys(SHELLS).join(', ')}`);
  process.stdout.write(script(wordsOf(program)));
  return EXIT.ok;
}
