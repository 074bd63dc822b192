import { archivePathTraversal } from './archive-path-traversal.ts';
import { archiveTampered } from './archive-tampered.ts';
import { artifactTypeMismatch } from './artifact-type-mismatch.ts';
import { credentialInPrompt } from './credential-in-prompt.ts';
import { customOperation } from './custom-operation.ts';
import { dangerousObject } from './dangerous-object.ts';
import { dangerousOperation } from './dangerous-operation.ts';
import { datasetWithoutProvenance } from './dataset-without-provenance.ts';
import { digestMismatch } from './digest-mismatch.ts';
import { disguisedExecutable } from './disguised-executable.ts';
import { driftAccessLost } from './drift-access-lost.ts';
import { driftBaseModelChanged } from './drift-base-model-changed.ts';
import { driftCodeAdded } from './drift-code-added.ts';
import { driftCodeChanged } from './drift-code-changed.ts';
import { driftCommit } from './drift-commit.ts';
import { driftDatasetsChanged } from './drift-datasets-changed.ts';
import { driftDeleted } from './drift-deleted.ts';
import { driftDisabled } from './drift-disabled.ts';
import { driftFileReplaced } from './drift-file-replaced.ts';
import { driftGatingChanged } from './drift-gating-changed.ts';
import { driftHistoryRewritten } from './drift-history-rewritten.ts';
import { driftLicenceChanged } from './drift-licence-changed.ts';
import { driftNewerRevision } from './drift-newer-revision.ts';
import { driftOwnerChanged } from './drift-owner-changed.ts';
import { driftPickleAdded } from './drift-pickle-added.ts';
import { driftRecreated } from './drift-recreated.ts';
import { driftRenamed } from './drift-renamed.ts';
import { driftSafetensorsRemoved } from './drift-safetensors-removed.ts';
import { driftScanStatus } from './drift-scan-status.ts';
import { driftSignatureBroken } from './drift-signature-broken.ts';
import { driftSignatureRemoved } from './drift-signature-removed.ts';
import { driftSignerChanged } from './drift-signer-changed.ts';
import { driftTagMoved } from './drift-tag-moved.ts';
import { driftTaskChanged } from './drift-task-changed.ts';
import { driftTemplateChanged } from './drift-template-changed.ts';
import { driftVerdictWorse } from './drift-verdict-worse.ts';
import { driftVisibilityChanged } from './drift-visibility-changed.ts';
import { driftWeightsAdded } from './drift-weights-added.ts';
import { driftWeightsChanged } from './drift-weights-changed.ts';
import { driftWeightsRemoved } from './drift-weights-removed.ts';
import { embeddedCode } from './embedded-code.ts';
import { endOfLifeModel } from './end-of-life-model.ts';
import { expiringCertificate } from './expiring-certificate.ts';
import { exposedModelServer } from './exposed-model-server.ts';
import { externalReference } from './external-reference.ts';
import { hardCodedCredential } from './hard-coded-credential.ts';
import { hiddenInstructions } from './hidden-instructions.ts';
import { hubScanUnsafe } from './hub-scan-unsafe.ts';
import { ignoredFile } from './ignored-file.ts';
import { incompleteArtifact } from './incomplete-artifact.ts';
import { insecureDownload } from './insecure-download.ts';
import { legacySignature } from './legacy-signature.ts';
import { lfsPointerNotMaterialised } from './lfs-pointer-not-materialised.ts';
import { licenceMissing } from './licence-missing.ts';
import { lookalikeNamespace } from './lookalike-namespace.ts';
import { lookalikePackage } from './lookalike-package.ts';
import { malformedArtifact } from './malformed-artifact.ts';
import { mcpInlineSecret } from './mcp-inline-secret.ts';
import { mcpRemoteWithoutAuth } from './mcp-remote-without-auth.ts';
import { mcpShellCommand } from './mcp-shell-command.ts';
import { mcpUnpinnedServer } from './mcp-unpinned-server.ts';
import { outdatedTrustedRoot } from './outdated-trusted-root.ts';
import { personalDataDataset } from './personal-data-dataset.ts';
import { pickleAnomaly } from './pickle-anomaly.ts';
import { pickleCodeObject } from './pickle-code-object.ts';
import { pickleUnknownClass } from './pickle-unknown-class.ts';
import { pickleWhereSafetensorsExists } from './pickle-where-safetensors-exists.ts';
import { plaintextEndpoint } from './plaintext-endpoint.ts';
import { polyglotArtifact } from './polyglot-artifact.ts';
import { privilegedContainer } from './privileged-container.ts';
import { remoteCode } from './remote-code.ts';
import { remoteCodePath } from './remote-code-path.ts';
import { restrictedLicence } from './restricted-licence.ts';
import { signatureInvalid } from './signature-invalid.ts';
import { templateInjection } from './template-injection.ts';
import { trustRemoteCode } from './trust-remote-code.ts';
import { unapprovedLicence } from './unapproved-licence.ts';
import { unapprovedModel } from './unapproved-model.ts';
import { unapprovedProvider } from './unapproved-provider.ts';
import { unapprovedRegistry } from './unapproved-registry.ts';
import { undeclaredAiLibrary } from './undeclared-ai-library.ts';
import { unknownObject } from './unknown-object.ts';
import { unpinnedImage } from './unpinned-image.ts';
import { unpinnedLibrary } from './unpinned-library.ts';
import { unpinnedRevision } from './unpinned-revision.ts';
import { unpinnedSigner } from './unpinned-signer.ts';
import { unsafeArtifact } from './unsafe-artifact.ts';
import { unsafeDeserialization } from './unsafe-deserialization.ts';
import { unsafeFormat } from './unsafe-format.ts';
import { unsandboxedTool } from './unsandboxed-tool.ts';
import { unsignedFile } from './unsigned-file.ts';
import { unsignedModel } from './unsigned-model.ts';
import { untrustedAdapter } from './untrusted-adapter.ts';
import { unusualTemplate } from './unusual-template.ts';
import { vulnerableLibrary } from './vulnerable-library.ts';
import { weakDigest } from './weak-digest.ts';
import { xmlExternalEntity } from './xml-external-entity.ts';
import { findingsSection } from '../knowledge/findings.ts';
import type { DraftFinding } from '../core/finding.ts';
import { atLeast } from '../core/severity.ts';
import { weaker } from './shared/facts.ts';
import { isSideline } from './shared/place.ts';
import type { Hit, Rule, RuleInput } from './rule.ts';

/** Every rule, in the order in which documents list them. */
export const rules: readonly Rule[] = [
  // loading
  trustRemoteCode,
  unpinnedRevision,
  unsafeDeserialization,
  insecureDownload,
  pickleWhereSafetensorsExists,
  remoteCodePath,
  remoteCode,
  untrustedAdapter,
  // artifacts
  unsafeArtifact,
  pickleCodeObject,
  pickleUnknownClass,
  pickleAnomaly,
  embeddedCode,
  templateInjection,
  unusualTemplate,
  dangerousOperation,
  customOperation,
  dangerousObject,
  unknownObject,
  externalReference,
  xmlExternalEntity,
  archivePathTraversal,
  archiveTampered,
  polyglotArtifact,
  artifactTypeMismatch,
  disguisedExecutable,
  malformedArtifact,
  incompleteArtifact,
  unsafeFormat,
  // integrity
  signatureInvalid,
  unsignedModel,
  unpinnedSigner,
  unsignedFile,
  ignoredFile,
  legacySignature,
  expiringCertificate,
  outdatedTrustedRoot,
  digestMismatch,
  weakDigest,
  lfsPointerNotMaterialised,
  // libraries
  vulnerableLibrary,
  undeclaredAiLibrary,
  unpinnedLibrary,
  lookalikePackage,
  // services
  endOfLifeModel,
  plaintextEndpoint,
  hardCodedCredential,
  credentialInPrompt,
  // agents and MCP
  mcpUnpinnedServer,
  mcpRemoteWithoutAuth,
  mcpInlineSecret,
  mcpShellCommand,
  hiddenInstructions,
  unsandboxedTool,
  // infrastructure
  unpinnedImage,
  exposedModelServer,
  privilegedContainer,
  // governance
  restrictedLicence,
  licenceMissing,
  datasetWithoutProvenance,
  personalDataDataset,
  // policy
  unapprovedProvider,
  unapprovedModel,
  unapprovedLicence,
  unapprovedRegistry,
  // registries
  hubScanUnsafe,
  lookalikeNamespace,
  // changes between two audits
  driftCommit,
  driftHistoryRewritten,
  driftTagMoved,
  driftNewerRevision,
  driftDeleted,
  driftAccessLost,
  driftRecreated,
  driftOwnerChanged,
  driftRenamed,
  driftVisibilityChanged,
  driftGatingChanged,
  driftDisabled,
  driftLicenceChanged,
  driftBaseModelChanged,
  driftDatasetsChanged,
  driftTaskChanged,
  driftFileReplaced,
  driftWeightsChanged,
  driftWeightsAdded,
  driftWeightsRemoved,
  driftPickleAdded,
  driftSafetensorsRemoved,
  driftCodeAdded,
  driftCodeChanged,
  driftTemplateChanged,
  driftSignerChanged,
  driftSignatureRemoved,
  driftSignatureBroken,
  driftScanStatus,
  driftVerdictWorse,
];

/**
 * What all rules find in an inventory, unsorted. A finding in a test, an example or documentation
 * is `low` at most where the rule is about code that runs in production.
 */
export function judge(input: RuleInput): DraftFinding[] {
  const texts = input.knowledge.get(findingsSection);
  return rules.flatMap((rule) => {
    const text = texts.get(rule.id);
    return rule.check(input).map((hit: Hit): DraftFinding => {
      const severity = hit.severity ?? text.severity;
      const sideline = text.tests === 'low' && isSideline(hit.location.path) && atLeast(severity, 'low');
      return {
        ...hit,
        ruleId: rule.id,
        severity: sideline ? 'low' : severity,
        confidence: hit.confidence === undefined ? text.confidence : weaker(hit.confidence, text.confidence),
      };
    });
  });
}
