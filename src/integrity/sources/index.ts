import { ociLayout, ollama } from './blob-store.ts';
import { checksums } from './checksums.ts';
import { dvc } from './dvc.ts';
import { gitLfs } from './git-lfs.ts';
import { hfMetadata } from './hf-metadata.ts';
import { mlflow } from './mlflow.ts';
import { shardIndex } from './shard-index.ts';
import type { IntegritySource } from './source.ts';

/** Every source of integrity beside OMS signatures, in the order in which results are reported. */
export const integritySources: readonly IntegritySource[] = [checksums, shardIndex, gitLfs, hfMetadata, dvc, ollama, ociLayout, mlflow];
