import { loadKnowledge } from '../knowledge/load.ts';
import { readReport } from '../reporters/json/read.ts';
import { loadTexts } from '../reporters/text/load-texts.ts';
import type { ConvertFlags } from './flags.ts';
import { EXIT } from './exit.ts';
import { parseOutput, writeOutputs } from './output.ts';
import { readGiven } from './read.ts';

/** `assay convert <report>`: another format of a JSON report, without another scan. Never gates. */
export async function runConvert(path: string, flags: ConvertFlags): Promise<number> {
  for (const spec of flags.output ?? []) parseOutput(spec);
  const report = readReport((await readGiven(path)).toString('utf8'), path);
  await writeOutputs(report, flags, {
    specVersion: flags.specVersion,
    showSuppressed: flags.showSuppressed === true,
    validate: flags.validate === true,
    texts: loadTexts(loadKnowledge()),
    ...(flags.minSeverity === undefined ? {} : { minSeverity: flags.minSeverity }),
    ...(flags.minConfidence === undefined ? {} : { minConfidence: flags.minConfidence }),
  });
  return EXIT.ok;
}
