import { Command, InvalidArgumentError, Option } from 'commander';
import { CONFIDENCES, SEVERITIES } from '../core/severity.ts';
import { FORMATS } from '../reporters/index.ts';
import { version } from '../version.ts';
import type { AdvisoriesFlags } from './advisories.ts';
import type {
  AttestFlags,
  AuditFlags,
  ConvertFlags,
  InspectFlags,
  OutputFlags,
  RulesFlags,
  ScanFlags,
  SignFlags,
  VerifyFlags,
} from './flags.ts';

/** An option that can also be given as `ASSAY_<FLAG>`. */
function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(
    `ASSAY_${made
      .attributeName()
      .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
      .toUpperCase()}`,
  );
}

const collect = (value: string, earlier: readonly string[] | undefined): readonly string[] => [
  ...(earlier ?? []),
  ...value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
];
const append = (value: string, earlier: readonly string[] | undefined): readonly string[] => [...(earlier ?? []), value];

function withOutput(command: Command): Command {
  return command
    .addOption(option('-f, --format <format>', 'what to print on stdout').choices(FORMATS).default('table'))
    .addOption(option('-o, --output <[format=]file>', 'also write a file; the format follows from its name (repeatable)').argParser(append))
    .addOption(
      option('--fail-on <severity>', 'exit with 1 if an open finding is this severe (default: "high")').choices([...SEVERITIES, 'none']),
    )
    .addOption(option('--min-severity <severity>', 'show findings from this severity on').choices(SEVERITIES))
    .addOption(option('--min-confidence <confidence>', 'show findings from this confidence on').choices(CONFIDENCES))
    .addOption(option('--color <when>', 'colours in the table').choices(['auto', 'always', 'never']).default('auto'))
    .addOption(option('-q, --quiet', 'print the report only'))
    .addOption(option('--no-progress', 'no progress line on stderr'));
}

/** Flags of every command that audits: where it remembers, and how much it may ask. */
function withAudit(command: Command): Command {
  return command
    .addOption(option('--state <dir>', 'directory that remembers audits (default: in the cache directory)'))
    .addOption(option('--store <url>', 'postgres://… instead of a directory: any number of workers share it'))
    .addOption(option('--max-bytes <n>', 'most bytes that one target may move, with k, M or G (default: 256M)').argParser(bytes))
    .addOption(option('--rate <n>', 'most requests per second and host').argParser(Number))
    .addOption(option('--jobs <n>', 'targets in flight at once (default: 4)').argParser(Number))
    .addOption(option('-c, --config <file>', 'policy file'))
    .addOption(option('--rule <id>', 'only these rules (repeatable)').argParser(collect))
    .addOption(option('--exclude-rule <id>', 'without these rules (repeatable)').argParser(collect))
    .addOption(option('--waivers <file>', 'waivers, in the form of assay.yaml'))
    .addOption(option('--baseline <report>', 'an earlier JSON report: findings in it do not count'))
    .addOption(option('--vex <file>', 'OpenVEX or CycloneDX VEX statements (repeatable)').argParser(append))
    .addOption(option('--offline', 'open no socket: an audit fails then'));
}

const UNITS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9 };

function bytes(text: string): number {
  const match = /^(\d{1,12})([kMG]?)B?$/i.exec(text);
  if (!match) throw new InvalidArgumentError('a number, with k, M or G if you like.');
  return Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1);
}

function addAudit(program: Command, setExitCode: (code: number) => void): void {
  const audit = program.command('audit');
  withAudit(
    withOutput(
      audit
        .description('audit registries and fleets without downloading weights; tell what changed since the last audit')
        .argument(
          '[target...]',
          'hf:owner, hf://owner/name[@rev], github:owner, github:owner/name[@ref], ollama:model[:tag], oci:host/name[:tag], bom:file',
        ),
    ),
  )
    .addOption(option('--spec-version <version>', 'CycloneDX version').choices(['1.6', '1.7']).default('1.6'))
    .addOption(option('--show-suppressed', 'show waived, baselined and VEX-ed findings too'))
    .addOption(option('--validate', 'validate CycloneDX output against its schema'))
    .addOption(option('--dry-run', 'list the targets and end'))
    .addOption(option('--issue <owner/name>', 'open or update one issue of a GitHub repository with the result'))
    .addOption(option('--wait', 'with --store postgres://: wait for the workers, then report (--output and --issue do too)'))
    .addOption(option('--priority <n>', 'with --store postgres://: higher is earlier').argParser(Number))
    .action(async (targets: string[], flags: AuditFlags) => {
      const { runAuditCommand } = await import('./audit.ts');
      setExitCode(await runAuditCommand(targets, flags));
    });
  withAudit(audit.command('worker').description('work off the queue of --store postgres://…'))
    .addOption(option('--once', 'end when the queue is empty'))
    .action(async (_: unknown, command: Command) => {
      const { runWorker } = await import('./audit-queue.ts');
      setExitCode(await runWorker(command.optsWithGlobals()));
    });
  withAudit(
    audit
      .command('schedule')
      .description('audit targets again and again, through --store postgres://…')
      .argument('<target...>', 'as for "assay audit"'),
  )
    .requiredOption('--every <cron>', 'when, as five fields of cron in UTC')
    .action(async (targets: string[], _: unknown, command: Command) => {
      const { runSchedule } = await import('./audit-queue.ts');
      setExitCode(await runSchedule(targets, command.optsWithGlobals()));
    });
  withOutput(audit.command('report').description('the fleet on one page: what is new, worst first, and how it went over the last audits'))
    .addOption(option('--state <dir>', 'directory that remembers audits'))
    .addOption(option('--store <url>', 'postgres://… instead of a directory'))
    .addOption(option('--spec-version <version>', 'CycloneDX version').choices(['1.6', '1.7']).default('1.6'))
    .addOption(option('--show-suppressed', 'show waived, baselined and VEX-ed findings too'))
    .addOption(option('--validate', 'validate CycloneDX output against its schema'))
    .addOption(option('--issue <owner/name>', 'open or update one issue of a GitHub repository with the page'))
    .action(async (_: unknown, command: Command) => {
      const { runFleetReport } = await import('./audit-report.ts');
      setExitCode(await runFleetReport(command.optsWithGlobals()));
    });
}

/** The whole surface. Commands are imported when they run, so that `--version` costs nothing. */
export function createProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('assay')
    .description(
      'Finds the AI in a repository, checks that it is what it claims to be, and that it cannot hurt you.\nNothing that is scanned is ever executed, imported or unpickled. No network unless --online.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing open at or above --fail-on; 1 findings; 2 usage, configuration or internal error.\nEvery flag can be set as ASSAY_<FLAG>, for example ASSAY_FAIL_ON=critical.',
    );

  withOutput(
    program
      .command('scan', { isDefault: true })
      .description('crawl a repository, inspect its model files, judge, report (the default command)')
      .argument('[target]', 'directory, hf://owner/name[@rev] or github:owner/name[@ref]', '.'),
  )
    .addOption(option('-v, --verbose', 'tell on stderr what was read and skipped, and how long each stage took'))
    .addOption(option('--spec-version <version>', 'CycloneDX version').choices(['1.6', '1.7']).default('1.6'))
    .addOption(option('-c, --config <file>', 'policy file (default: assay.yaml or .github/assay.yaml of the target)'))
    .addOption(option('--no-config', 'ignore policy files'))
    .addOption(option('--rule <id>', 'only these rules (repeatable)').argParser(collect))
    .addOption(option('--exclude-rule <id>', 'without these rules (repeatable)').argParser(collect))
    .addOption(option('--exclude <glob>', 'leave out paths, in .gitignore syntax (repeatable)').argParser(collect))
    .addOption(option('--no-gitignore', 'also read what git ignores, and installed dependencies'))
    .addOption(option('--baseline <report>', 'an earlier JSON report: findings in it do not count'))
    .addOption(option('--waivers <file>', 'more waivers, in the form of assay.yaml'))
    .addOption(option('--vex <file>', 'OpenVEX or CycloneDX VEX statements (repeatable)').argParser(append))
    .addOption(option('--show-suppressed', 'show waived, baselined and VEX-ed findings too'))
    .addOption(option('--all-libraries', 'put libraries that are not AI into the BOM too'))
    .addOption(option('--completeness', 'say what the BOM lacks of the G7 minimum elements, and what fills it'))
    .addOption(option('--rules <dir>', 'more detection rules, in the form of rules/detect'))
    .addOption(option('--timeout <seconds>', 'give up after this long').argParser(Number))
    .addOption(option('--no-hash', 'no SHA-256 of artifacts (faster; the BOM has no hashes then)'))
    .addOption(option('--validate', 'validate CycloneDX output against its schema'))
    .addOption(option('--offline', 'open no socket (the default; wins over --online)'))
    .addOption(option('--online', 'ask registries: advisories, hub metadata'))
    .addOption(option('--jobs <n>', 'worker threads').argParser(Number))
    .action(async (target: string, flags: ScanFlags) => {
      const { runScan } = await import('./scan.ts');
      setExitCode(await runScan(target, flags));
    });

  withOutput(
    program
      .command('inspect')
      .description('what is inside these model files: calls of a pickle, tensors, metadata, verdict')
      .argument('<artifact...>', 'files or directories (every file in them is inspected)'),
  )
    .addOption(option('--no-hash', 'no SHA-256 (faster)'))
    .addOption(option('--jobs <n>', 'worker threads').argParser(Number))
    .action(async (paths: string[], flags: InspectFlags) => {
      const { runInspect } = await import('./inspect.ts');
      setExitCode(await runInspect(paths, flags));
    });

  withOutput(
    program
      .command('verify')
      .description('check the signature of a model or file: who signed it, and is every file as signed')
      .argument('<model>', 'directory or file'),
  )
    .addOption(option('--bundle <file>', 'the signature (default: model.sig inside the model, <file>.sigstore.json beside a file)'))
    .addOption(option('--key <file>', 'public key of the signer, PEM'))
    .addOption(option('--certificate-chain <file>', 'certificates that you trust, PEM (repeatable)').argParser(append))
    .addOption(option('--certificate-identity <name>', 'keyless: e-mail or URI of the signer, exactly'))
    .addOption(option('--certificate-identity-regexp <pattern>', 'keyless: pattern for the whole name'))
    .addOption(option('--certificate-oidc-issuer <url>', 'keyless: who vouches for the signer, exactly'))
    .addOption(option('--certificate-oidc-issuer-regexp <pattern>', 'keyless: pattern for the whole issuer'))
    .addOption(option('--trusted-root <file>', 'Sigstore trusted root (default: the one that ships with assay)'))
    .addOption(option('--ignore-path <path>', 'leave out a path of the model (repeatable)').argParser(append))
    .addOption(option('--ignore-unsigned', 'list files that are not signed instead of failing'))
    .addOption(option('--allow-legacy', 'accept bundles of model_signing 0.2.0'))
    .addOption(option('--at <time>', 'check certificates at this time instead of now'))
    .addOption(option('--offline', 'open no socket (the default; wins over --online)'))
    .addOption(option('--online', 'refresh the trusted root'))
    .action(async (model: string, flags: VerifyFlags) => {
      const { runVerify } = await import('./verify.ts');
      setExitCode(await runVerify(model, flags));
    });

  addAudit(program, setExitCode);

  program
    .command('sign')
    .description('write an OpenSSF model signature')
    .argument('<model>', 'directory or file')
    .addOption(option('--bundle <file>', 'where to write it (default: model.sig inside the model)'))
    .addOption(option('--key <file>', 'private key, PEM, EC P-256, P-384 or P-521 (default: keyless)'))
    .addOption(option('--certificate <file>', 'certificate of the key, PEM'))
    .addOption(option('--certificate-chain <file>', 'certificates above it, PEM (repeatable)').argParser(append))
    .addOption(option('--ignore-path <path>', 'leave out a path of the model (repeatable)').argParser(append))
    .addOption(option('--fulcio-url <url>', 'certificate authority for keyless signing'))
    .addOption(option('--rekor-url <url>', 'transparency log for keyless signing'))
    .addOption(option('--timestamp-url <url>', 'timestamp authority for keyless signing'))
    .action(async (model: string, flags: SignFlags) => {
      const { runSign } = await import('./sign.ts');
      setExitCode(await runSign(model, flags));
    });

  withOutput(
    program
      .command('diff')
      .description('compare two reports or CycloneDX BOMs: what came, went and changed')
      .argument('<old>', 'JSON report or BOM')
      .argument('<new>', 'JSON report or BOM'),
  ).action(async (before: string, after: string, flags: OutputFlags) => {
    const { runDiff } = await import('./diff.ts');
    setExitCode(await runDiff(before, after, flags));
  });

  withOutput(
    program
      .command('convert')
      .description('render a JSON report in another format, without another scan')
      .argument('<report>', 'JSON report'),
  )
    .addOption(option('--spec-version <version>', 'CycloneDX version').choices(['1.6', '1.7']).default('1.6'))
    .addOption(option('--show-suppressed', 'show waived, baselined and VEX-ed findings too'))
    .addOption(option('--validate', 'validate CycloneDX output against its schema'))
    .action(async (report: string, flags: ConvertFlags) => {
      const { runConvert } = await import('./convert.ts');
      setExitCode(await runConvert(report, flags));
    });

  program
    .command('attest')
    .description('sign a BOM: keyless with the identity of the CI job, or with a key')
    .argument('<bom>', 'CycloneDX JSON file')
    .addOption(option('--key <file>', 'private key, PEM, EC P-256 (default: keyless)'))
    .addOption(option('--bundle <file>', 'where to write it (default: <bom>.sigstore.json)'))
    .addOption(option('--subject <name=sha256:digest>', 'what the BOM describes (default: the BOM itself; repeatable)').argParser(append))
    .addOption(option('--fulcio-url <url>', 'certificate authority for keyless signing'))
    .addOption(option('--rekor-url <url>', 'transparency log for keyless signing'))
    .addOption(option('--timestamp-url <url>', 'timestamp authority for keyless signing'))
    .action(async (bom: string, flags: AttestFlags) => {
      const { runAttest } = await import('./attest.ts');
      setExitCode(await runAttest(bom, flags));
    });

  program
    .command('advisories')
    .description('known vulnerabilities of AI packages')
    .command('update')
    .description('keep the facts of a set of OSV records for the next scans')
    .requiredOption('--from <source>', 'directory, zip, or https URL of a zip')
    .addOption(new Option('-o, --output <file>', 'write the facts here instead of the cache'))
    .addOption(new Option('--as-of <date>', 'date of the records (default: today)'))
    .addOption(new Option('--source <text>', 'where they come from, for the file'))
    .addOption(new Option('--offline', 'open no socket'))
    .action(async (flags: AdvisoriesFlags) => {
      const { runAdvisoriesUpdate } = await import('./advisories.ts');
      setExitCode(await runAdvisoriesUpdate(flags));
    });

  program
    .command('rules')
    .description('list what is checked, or explain one rule')
    .argument('[id]', 'rule id')
    .addOption(new Option('-f, --format <format>', 'table or json').choices(['table', 'json']).default('table'))
    .action(async (id: string | undefined, flags: RulesFlags) => {
      const { runRules } = await import('./rules.ts');
      setExitCode(await runRules(id, flags));
    });

  program
    .command('completion')
    .description('print a completion script for bash, zsh or fish')
    .argument('<shell>', 'bash, zsh or fish')
    .action(async (shell: string) => {
      const { runCompletion } = await import('./completion.ts');
      setExitCode(runCompletion(shell, program));
    });

  for (const command of program.commands.flatMap((top) => [top, ...top.commands]))
    command.exitOverride().helpOption('-h, --help', 'show help');
  return program;
}
