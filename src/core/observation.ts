import type { ComponentRef } from './component.ts';
import type { Location } from './evidence.ts';
import type { Confidence } from './severity.ts';

export type FactValue = string | number | boolean | null | readonly FactValue[] | { readonly [key: string]: FactValue };
export type Facts = Readonly<Record<string, FactValue>>;

/**
 * Something that was seen at a place and that a rule may judge. Crawlers observe, rules judge.
 * The vocabulary; a fact that is not known is left out, `null` means "an expression that could
 * not be resolved":
 *
 * | type | component | facts |
 * | --- | --- | --- |
 * | `model-load` | model | `loader` (dotted callee or config key), `id`, `revision`, `trustRemoteCode`, `trustRemoteCodeLine` (of the argument), `useSafetensors`, `part` (`model`, `tokenizer`, `processor`, `config`, `pipeline`, `adapter`, `file`), `local` (a path), `indirect` (the id is a constant, a setting or an argument), `hub` (`huggingface`, `torch-hub` …) |
 * | `dataset-load` | dataset | as `model-load` |
 * | `deserialize` | | `callee`, and the arguments that decide: `weightsOnly`, `allowPickle`, `safeMode`, `yamlLoader`, `allowDangerousDeserialization`, `useSafetensors`; `argument` (redacted text) |
 * | `download` | | `url` (without credentials), `via`, `digest` (boolean), `verifyTls` |
 * | `endpoint` | service or vector store | `url`, `via` (key or callee), `internal` (loopback, compose or cluster name) |
 * | `credential` | service or MCP server | `detector`, `redacted` (4 characters and a digest), `in` (`code`, `config`, `mcp`, `prompt`) |
 * | `requirement` | library | `range`, `manifest`, `locked` (exact or lock file beside), `bounded` (has an upper bound), `deployable`, `scope`, `statedIn` and `statedLine` (where the range stands, if in another entry: a workspace, a catalogue, a parent) |
 * | `import` | library | `module`, `optional` (the program goes on without it) |
 * | `mcp-server` | MCP server | `command`, `package`, `version`, `url`, `auth` (boolean), `inlineSecret` (boolean), `secretLines` (where each stands), `disabled`, `shell` (boolean); location is the command's or URL's line |
 * | `container` | infra | `image`, `tag`, `digest`, `privileged`, `dockerSocket`, `rightsLine` (of either), `via` (`compose`, `kubernetes`, `dockerfile`, `workflow`); of one's own, where it has such rights: `name`, `context` (folder that it is built from), `ai` (its command or variables name AI) |
 * | `exposed-port` | service, vector store or infra | `port`, `bind`, `via` (`compose`, `kubernetes-service`, `kubernetes-ingress`, `argument`), `auth`, `settings` (names of variables and options of the container, never values) |
 * | `tool` | agent | `name`, `callee` (what it runs), `framework` |
 * | `hidden-text` | prompt | `kind` (`tag-characters`, `bidi`, `zero-width`, `html-comment` …), `count` |
 * | `remote-code` | model | `file`, `key` (`auto_map` …) |
 */
export interface Observation {
  readonly type: string;
  readonly location: Location;
  readonly crawler: string;
  readonly confidence: Confidence;
  /** The component that it is about. */
  readonly component?: ComponentRef;
  readonly facts: Facts;
}
