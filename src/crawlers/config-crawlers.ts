import { agentFilesCrawler } from './agent-files.ts';
import { configCrawler } from './config/index.ts';
import type { Crawler } from './crawler.ts';
import { dataNotesCrawler } from './data-notes.ts';
import { datasetLinksCrawler } from './dataset-links.ts';
import { dockerfileCrawler } from './dockerfile-images.ts';
import { hubCardCrawler } from './huggingface-dir.ts';
import { mcpHandshakeCrawler } from './mcp-handshake.ts';
import { modelfileCrawler } from './modelfile.ts';
import { promptsCrawler } from './prompts/index.ts';
import { secretsCrawler } from './secrets/index.ts';
import { sqlCrawler } from './sql.ts';
import { systemdCrawler } from './systemd.ts';
import { terraformCrawler } from './terraform/index.ts';

/** Crawlers of configuration and of files beside code, in the order in which they detect. */
export const configCrawlers: readonly Crawler[] = [
  configCrawler as Crawler,
  terraformCrawler as Crawler,
  dockerfileCrawler as Crawler,
  modelfileCrawler as Crawler,
  systemdCrawler as Crawler,
  hubCardCrawler as Crawler,
  sqlCrawler as Crawler,
  mcpHandshakeCrawler as Crawler,
  datasetLinksCrawler as Crawler,
  dataNotesCrawler as Crawler,
  secretsCrawler as Crawler,
];

/** Run last: a folder of prompts counts where the target uses AI at all. */
export const promptCrawlers: readonly Crawler[] = [agentFilesCrawler as Crawler, promptsCrawler as Crawler];
