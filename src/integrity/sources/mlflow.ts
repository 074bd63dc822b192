import { isObject } from '../../core/json.ts';
import { yamlDocuments } from '../../text/yaml-documents.ts';
import { directoryOf, type IntegritySource } from './source.ts';

/**
 * An MLflow model. Its `MLmodel` file has a `signature`, which describes inputs and outputs, and no
 * digest of any file: said so, lest the word be taken for a proof.
 * Source: https://mlflow.org/docs/latest/ml/model/#mlmodel-file
 */
export const mlflow: IntegritySource = {
  id: 'mlflow',
  wants: (entry) => /(?:^|\/)MLmodel$/.test(entry.path) && entry.size < 4 * 1024 * 1024,
  check({ path, bytes }) {
    let document: unknown;
    try {
      document = yamlDocuments(bytes.toString('utf8'))[0]?.toJS({ maxAliasCount: 100 });
    } catch {
      return Promise.resolve([]);
    }
    if (!isObject(document) || !isObject(document['flavors'])) return Promise.resolve([]);
    const detail = 'MLflow records no digests; its signature describes inputs and outputs';
    return Promise.resolve([
      {
        source: 'mlflow',
        subject: directoryOf(path) || '.',
        status: 'unverified',
        trust: 'none',
        problems: [{ code: 'unverifiable', path, detail }],
        location: { path },
      },
    ]);
  },
};
